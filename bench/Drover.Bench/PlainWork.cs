using System.Diagnostics;
using System.Globalization;

namespace Drover.Bench;

/// <summary>The program Flock as a plain process, at work without Drover.</summary>
internal static class PlainWork
{
    /// <summary>What the node gives to the .NET programs that it starts, as far as it changes how they run.</summary>
    private static readonly (string Name, string Value)[] s_environment =
    [
        ("DOTNET_EnableWriteXorExecute", "0"),
        ("DOTNET_EnableDiagnostics", "0"),
        ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"),
        ("DOTNET_gcServer", "0"),
    ];

    public static string Dotnet => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    /// <summary>So that a plain process runs as a component does.</summary>
    public static void SetEnvironment(ProcessStartInfo start)
    {
        foreach ((string name, string value) in s_environment)
            start.Environment[name] = value;
    }

    /// <summary>Nanoseconds of one portion of work.</summary>
    public static async Task<double> RunAsync(BenchOptions options, FlockOrder order, CancellationToken cancel)
    {
        ProcessStartInfo start = StartInfo(order);
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start)!;
        try
        {
            await ReadPortionAsync(process.StandardOutput, cancel).ConfigureAwait(false);
            Portions portions = new(options);
            while (!portions.Add(await ReadPortionAsync(process.StandardOutput, cancel).ConfigureAwait(false)))
                continue;
            return portions.MeanNanoseconds;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static ProcessStartInfo StartInfo(FlockOrder order)
    {
        ProcessStartInfo start = new(Dotnet, [MeasuredPrograms.Flock, "outside", .. order.Arguments]) { UseShellExecute = false };
        SetEnvironment(start);
        return start;
    }

    private static async Task<string> ReadPortionAsync(StreamReader output, CancellationToken cancel)
    {
        while (await output.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(Portions.Beginning, StringComparison.Ordinal))
                return line;
        }

        throw new BenchException("the program Flock, run without Drover, ended before it had done its work");
    }

    /// <summary>What a program says of its work: nanoseconds for as much each time.</summary>
    public sealed class Portions(BenchOptions options)
    {
        public const string Beginning = "work ";

        /// <summary>The first ones are the program's start.</summary>
        private const int Ignored = 5;

        private readonly int _wanted = options.Large(40, 20);
        private readonly List<double> _nanoseconds = [];
        private int _seen;

        public double MeanNanoseconds => _nanoseconds.Average();

        public TimeSpan Elapsed => TimeSpan.FromMicroseconds(_nanoseconds.Sum() / 1000);

        /// <summary>True if there are enough.</summary>
        public bool Add(string line)
        {
            if (line.Split(' ') is ["work", string nanoseconds, ..] && ++_seen > Ignored)
                _nanoseconds.Add(double.Parse(nanoseconds, CultureInfo.InvariantCulture));
            return _nanoseconds.Count >= _wanted;
        }
    }
}
