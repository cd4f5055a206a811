using Drover.Linux.Personality;
using Drover.Monitor;
using Drover.Node.Operations;
using Drover.Node.Programs;
using Drover.Platform;

namespace Drover.Node;

/// <summary>Turns a request to run a program into what the monitor needs.</summary>
internal static class Specifications
{
    private const ulong DefaultRamBytes = 512UL << 20;
    /// <summary>A .NET program maps so much before its first line runs.</summary>
    private const ulong LeastManagedBytes = 32UL << 20;

    private const ulong LeastNativeBytes = 1UL << 20;
    private const int DefaultCapabilities = 10_000;
    private const int MaxThreads = 256;

    public static ComponentSpecification Of(RunRequest request, ProgramFile program)
    {
        ulong ramBytes = request.RamBytes ?? DefaultRamBytes;
        ulong least = program.Kind == ProgramKind.ManagedAssembly ? LeastManagedBytes : LeastNativeBytes;
        if (ramBytes < least)
        {
            throw new NodeOperationException(
                NodeErrorCode.InvalidRequest, $"In {ramBytes} bytes of memory '{program.Path}' cannot start.", $"Give it at least {least >> 20}M.");
        }

        ProcessLimits limits = new(ramBytes, MaxThreads);
        string folder = Path.GetDirectoryName(program.Path)!;
        string? dotnet = program.Kind == ProgramKind.ManagedAssembly ? DotnetInstallation.Root() : null;
        string host = dotnet is null ? program.Path : Path.Combine(dotnet, "dotnet");
        return new ComponentSpecification
        {
            Name = ValidName(request.Name ?? program.DefaultName),
            Executable = host,
            Arguments = dotnet is null ? [program.Path, .. request.Arguments] : [host, program.Path, .. request.Arguments],
            Environment = Variables(request, limits, dotnet),
            RamQuotaBytes = ramBytes,
            CapabilityQuota = (ulong)(request.Capabilities ?? DefaultCapabilities),
            Limits = limits,
            ReadableFolders = dotnet is null ? [folder] : [folder, dotnet],
            Roms = request.Roms,
        };
    }

    private static IReadOnlyList<string> Variables(RunRequest request, ProcessLimits limits, string? dotnet)
    {
        foreach (string name in request.Environment.Keys)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal))
                throw new NodeOperationException(NodeErrorCode.InvalidRequest, $"'{name}' is not the name of an environment variable.", "Use --env NAME=VALUE.");
        }

        return RuntimeEnvironment.Build(limits, dotnet, request.Environment.Select(variable => $"{variable.Key}={variable.Value}"));
    }

    /// <summary>As a component's, or with an '@' in it.</summary>
    public static string ValidSnapshotName(string name)
    {
        ValidName(name.Replace('@', '-'));
        return name;
    }

    public static string ValidName(string name) =>
        name.Length is > 0 and <= 64 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? name
            : throw new NodeOperationException(
                NodeErrorCode.InvalidRequest,
                $"'{name}' cannot be the name of a component.",
                "Use 1 to 64 letters, digits, '-', '_' and '.'; --name gives a name.");
}
