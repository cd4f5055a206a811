using Drover.Platform;

namespace Drover.Linux.Personality;

/// <summary>The environment variables under which a component starts: nothing of the node's own is inherited.</summary>
public static class RuntimeEnvironment
{
    /// <summary>What code, stacks and the runtime itself take of a small quota.</summary>
    private const ulong RuntimeBytes = 24 << 20;

    /// <summary>The variables as KEY=VALUE, those of <paramref name="additional"/> last and winning.</summary>
    /// <param name="limits">Quota from which the heap limit is taken.</param>
    /// <param name="dotnetRoot">Folder of the .NET installation, or null for programs that need none.</param>
    /// <param name="additional">KEY=VALUE strings of the component's own.</param>
    public static IReadOnlyList<string> Build(ProcessLimits limits, string? dotnetRoot, IEnumerable<string> additional)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal)
        {
            // Double mapping keeps code in a memfd of the runtime's own, which no image could hold.
            ["DOTNET_EnableWriteXorExecute"] = "0",
            // Debugger and profiler ports are sockets and pipes in /tmp.
            ["DOTNET_EnableDiagnostics"] = "0",
            // No ICU: it is large and seldom wanted.
            ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
            ["DOTNET_GCHeapHardLimit"] = $"0x{HeapLimitBytes(limits):x}",
            // Reserved address space counts towards no quota, but every checkpoint walks it.
            ["DOTNET_GCRegionRange"] = $"0x{limits.PrivateMemoryBytes * 2:x}",
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["PATH"] = "/usr/bin:/bin",
            ["LANG"] = "C.UTF-8",
            ["TERM"] = "dumb",
        };
        if (dotnetRoot is not null)
            variables["DOTNET_ROOT"] = dotnetRoot;
        foreach (string variable in additional)
        {
            int equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new ArgumentException($"'{variable}' is not of the form KEY=VALUE.", nameof(additional));
            variables[variable[..equals]] = variable[(equals + 1)..];
        }
        return [.. variables.Select(pair => $"{pair.Key}={pair.Value}")];
    }

    /// <summary>How large the garbage-collected heap may become: the quota without a quarter of it, of a small one
    /// without what the runtime needs, never less than half. Then a full heap is an OutOfMemoryException and not a
    /// failure somewhere in the runtime, which would end the component.</summary>
    public static ulong HeapLimitBytes(ProcessLimits limits)
    {
        ulong quota = limits.PrivateMemoryBytes;
        return quota - Math.Max(quota / 4, Math.Min(RuntimeBytes, quota / 2));
    }
}
