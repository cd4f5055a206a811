using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Drover.Bench.Criu;

/// <summary>CRIU as it is on this machine.</summary>
/// <param name="Path">Of the program; null if there is none that can be used.</param>
/// <param name="Verdict">What is to be said of it.</param>
internal sealed partial record CriuProgram(string? Path, string Verdict)
{
    private const int LeastMajor = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Looks for it in the folders of a search path.</summary>
    /// <param name="searchPath">As in the variable PATH.</param>
    /// <param name="cancel">Ends the programs that were started to ask.</param>
    public static async Task<CriuProgram> FindAsync(string searchPath, CancellationToken cancel)
    {
        string? path = searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => System.IO.Path.Combine(folder, "criu")).FirstOrDefault(File.Exists);
        if (path is null)
            return new CriuProgram(null, "There is no criu on the PATH, so nothing is compared with it.");
        (int status, string text) = await RunAsync(path, ["--version"], cancel).ConfigureAwait(false);
        if (status != 0 || VersionLine().Match(text) is not { Success: true } version)
            return new CriuProgram(null, $"{path} does not say which version it is, so nothing is compared with it.");
        string number = version.Groups["number"].Value;
        if (int.Parse(version.Groups["major"].Value, CultureInfo.InvariantCulture) < LeastMajor)
            return new CriuProgram(null, $"{path} is version {number}; {LeastMajor} or newer is wanted, so nothing is compared with it.");
        (status, text) = await RunAsync(path, ["check"], cancel).ConfigureAwait(false);
        return status == 0
            ? new CriuProgram(path, $"Compared with CRIU {number}: the program Flock as a plain process, images in memory, on the same processor.")
            : new CriuProgram(null, $"{path} (version {number}) does not work here, so nothing is compared with it: criu check ended with {status}: {LastLine(text)}");
    }

    /// <summary>Runs it to its end; throws <see cref="BenchException"/> with what it said unless it succeeds.</summary>
    public async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        (int status, string text) = await RunAsync(Path!, arguments, cancel).ConfigureAwait(false);
        if (status != 0)
            throw new BenchException($"criu {string.Join(' ', arguments)} ended with {status}: {LastLine(text)}");
    }

    private static async Task<(int Status, string Text)> RunAsync(string path, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(s_patience);
        ProcessStartInfo start = new(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using Process process = Process.Start(start) ?? throw new BenchException($"{path} did not start");
        process.StandardInput.Close();
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            string text = await process.StandardOutput.ReadToEndAsync(patience.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            return (process.ExitCode, text + await errors.ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            process.Kill();
            throw new BenchException($"{path} {string.Join(' ', arguments)} took longer than {s_patience.TotalSeconds} s");
        }
    }

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it said nothing";

    [GeneratedRegex(@"^Version: (?<number>(?<major>\d+)(\.\d+)*)", RegexOptions.Multiline)]
    private static partial Regex VersionLine();
}
