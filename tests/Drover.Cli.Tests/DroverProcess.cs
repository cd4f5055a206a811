using System.Diagnostics;

namespace Drover.Cli.Tests;

/// <summary>The `drover` command as a process, with a runtime directory of its own so that no other node is found.</summary>
internal sealed class DroverProcess : IDisposable
{
    /// <summary>A shell that starts the tests in the background has them ignore SIGINT, and what they start as well.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly Task<string> _error;

    private DroverProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The command's own build output, where the samples lie beside it.</summary>
    private static string CommandDirectory { get; } =
        AppContext.BaseDirectory.Replace("/tests/Drover.Cli.Tests/", "/src/Drover.Cli/", StringComparison.Ordinal);

    public static string SamplePath(string name) => Path.Combine(CommandDirectory, "samples", name, name + ".dll");

    public static DroverProcess Start(string runtimeDirectory, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(CommandDirectory, "drover.dll"));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["XDG_RUNTIME_DIR"] = runtimeDirectory;
        start.Environment["TMPDIR"] = runtimeDirectory;
        start.Environment.Remove("DROVER_NODE");
        return new DroverProcess(Process.Start(start)!);
    }

    public static async Task<CommandResult> RunAsync(string runtimeDirectory, params IReadOnlyList<string> arguments)
    {
        using DroverProcess process = Start(runtimeDirectory, arguments);
        return await process.EndAsync();
    }

    /// <summary>Reads standard output until a line begins so; the end of the output is a failure.</summary>
    public async Task<string> LineAsync(string beginning)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(beginning, StringComparison.Ordinal))
                return line;
        }

        throw new InvalidOperationException($"No line began with '{beginning}'. Standard error: {await _error}");
    }

    /// <summary>What is left of the output, once the process has ended.</summary>
    public async Task<CommandResult> EndAsync()
    {
        using CancellationTokenSource end = new(Patience);
        string output = await _process.StandardOutput.ReadToEndAsync(end.Token);
        string error = await _error.WaitAsync(end.Token);
        await _process.WaitForExitAsync(end.Token);
        return new CommandResult(_process.ExitCode, output, error);
    }

    public void CloseInput() => _process.StandardInput.Close();

    public void Signal(string name)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {_process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
