using System.Runtime.InteropServices;
using Drover.Linux.Native;

namespace Drover.Linux.Probes;

/// <summary>Tries what a node needs of the machine, each thing for real and by itself.</summary>
public static class MachineProbes
{
    private static readonly Version OldestKernel = new(6, 12);

    /// <summary>Tries every feature, in the order of <see cref="MachineFeature"/>. Leaves no process and no descriptor
    /// behind; one sealed page stays mapped for the life of this process.</summary>
    public static IReadOnlyList<ProbeResult> RunAll()
    {
        var results = new List<ProbeResult> { Kernel() };
        results.AddRange(NotificationProbe.Run());
        results.AddRange(TracingProbe.Run());
        results.AddRange(NamespaceProbe.Run());
        results.AddRange(MemoryProbe.Run());
        return results;
    }

    /// <summary>Turns what was thrown into a result.</summary>
    internal static ProbeResult Try(MachineFeature feature, Func<string> trial)
    {
        try
        {
            return new ProbeResult(feature, true, trial());
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            return new ProbeResult(feature, false, e.Message);
        }
    }

    private static ProbeResult Kernel()
    {
        string release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        Architecture architecture = RuntimeInformation.ProcessArchitecture;
        string digits = string.Concat(release.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')).TrimEnd('.');
        bool works = architecture == Architecture.X64
            && Version.TryParse(digits, out Version? version)
            && version >= OldestKernel;
        return new ProbeResult(MachineFeature.Kernel, works, $"Linux {release}, {architecture}");
    }
}
