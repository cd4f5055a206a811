using System.Diagnostics;

namespace Drover.Bench.Criu;

/// <summary>The program Flock as a plain process in a session of its own, which writes to a file: such a one CRIU can dump. Disposing
/// ends it, and whatever CRIU made of it.</summary>
internal sealed class PlainFlock : IDisposable
{
    private readonly string _output;
    private readonly string _processFile;

    /// <param name="program">Of NativeAOT, or an assembly.</param>
    /// <param name="order">What it is to do.</param>
    /// <param name="folder">Where its output goes.</param>
    public PlainFlock(string program, FlockOrder order, string folder)
    {
        Directory.CreateDirectory(folder);
        _output = Path.Combine(folder, "output");
        _processFile = Path.Combine(folder, "process");
        string[] command = program.EndsWith(".dll", StringComparison.Ordinal) ? [PlainWork.Dotnet, program] : [program];
        // The shell that writes the file becomes the program: the process has this id.
        ProcessStartInfo start = new(
            "setsid", ["sh", "-c", "echo $$ >\"$1\"; out=$2; shift 2; exec \"$@\" >\"$out\" 2>&1 </dev/null", "sh", _processFile, _output, .. command, "outside", .. order.Arguments]);
        PlainWork.SetEnvironment(start);
        Process = Process.Start(start)!;
    }

    /// <summary>The process that was started; after a dump it has ended.</summary>
    public Process Process { get; }

    public long OutputBytes => File.Exists(_output) ? new FileInfo(_output).Length : 0;

    public int Id => int.Parse(File.ReadAllText(_processFile), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>As CRIU expects the file when it opens it anew.</summary>
    public void TruncateOutput(long bytes)
    {
        using FileStream file = new(_output, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(bytes);
    }

    /// <summary>Returns once the output is longer than that and a line of it is complete that begins so.</summary>
    public async Task WaitForLineAsync(string beginning, long afterBytes, CancellationToken cancel)
    {
        // What is waited for takes tens of milliseconds.
        using PeriodicTimer often = new(TimeSpan.FromMilliseconds(1));
        long start = Stopwatch.GetTimestamp();
        while (!HasLine(beginning, afterBytes))
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
                throw new BenchException($"the program Flock, run without Drover, did not write '{beginning}'");
            await often.WaitForNextTickAsync(cancel).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
            Process.WaitForExit();
        }

        Process.Dispose();
    }

    private bool HasLine(string beginning, long afterBytes)
    {
        if (OutputBytes <= afterBytes)
            return false;
        using FileStream file = new(_output, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(afterBytes, SeekOrigin.Begin);
        using StreamReader reader = new(file);
        string text = reader.ReadToEnd();
        return text.Split('\n').SkipLast(1).Any(line => line.StartsWith(beginning, StringComparison.Ordinal));
    }
}
