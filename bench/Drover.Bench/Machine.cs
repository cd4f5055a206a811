using System.Runtime.InteropServices;

namespace Drover.Bench;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    private const string ModelField = "model name";

    public static string Describe()
    {
        string model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(ModelField, StringComparison.Ordinal))
            is { } line ? line[(line.IndexOf(':') + 1)..].Trim() : "unknown processor";
        int processors = File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal));
        return $"{model}, {processors} processors, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, "
            + RuntimeInformation.FrameworkDescription;
    }

    /// <summary>What else wants the processors, as uptime(1) says it: over 1, 5 and 15 minutes.</summary>
    public static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));
}
