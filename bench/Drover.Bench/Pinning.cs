using System.Diagnostics;
using System.Numerics;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>
/// Everything runs on one processor: where a thread is woken on another one the machine decides what a call costs (50 us
/// each way on virtual machines), not Drover.
/// </summary>
internal static class Pinning
{
    private const string AllowedField = "Cpus_allowed_list:";
    private const string ChildVariable = "DROVER_BENCH_PINNED";

    /// <summary>True if this process was started by <see cref="RunPinned"/>.</summary>
    public static bool IsChild => Environment.GetEnvironmentVariable(ChildVariable) is not null;

    /// <summary>True if this process may use one processor only.</summary>
    public static bool IsPinned => Environment.ProcessorCount == 1 && int.TryParse(AllowedTo("self"), out _);

    /// <summary>The one that this process may use.</summary>
    public static string Processor => AllowedTo("self");

    /// <summary>Runs this program again on one processor; gives its exit status. Must be called on the main thread.</summary>
    public static int RunPinned(string[] arguments)
    {
        // The affinity of a process is that of its main thread, and what a thread starts inherits the thread's.
        using var self = Process.GetCurrentProcess();
        ulong allowed = (ulong)self.ProcessorAffinity;
        // The highest: interrupts prefer the lowest.
        self.ProcessorAffinity = (nint)(1UL << BitOperations.Log2(allowed));
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true; // the one that measures gets it too
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
        start.Environment[ChildVariable] = "1";
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(Pinning).Assembly.Location);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process pinned = Process.Start(start)!;
        pinned.WaitForExit();
        return pinned.ExitCode;
    }

    /// <summary>Throws unless every thread of the component is on the processor that this process is on.</summary>
    public static void Check(ComponentInfo component)
    {
        foreach (string thread in Directory.EnumerateDirectories($"/proc/{component.ProcessId}/task"))
        {
            string allowed = AllowedTo($"{component.ProcessId}/task/{Path.GetFileName(thread)}");
            if (allowed != Processor)
                throw new BenchException($"a thread of {component.Name} may run on the processors {allowed} instead of {Processor} only");
        }
    }

    private static string AllowedTo(string process) => File.ReadLines($"/proc/{process}/status")
        .Single(line => line.StartsWith(AllowedField, StringComparison.Ordinal))[AllowedField.Length..].Trim();
}
