using System.Diagnostics;
using Drover.Node.Api;

namespace Drover.Scenarios;

/// <summary>A node in a process of its own, which can be killed. Disposing kills it.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;

    private NodeProcess(Process process, string socket)
    {
        _process = process;
        Client = new NodeClient(socket);
    }

    public NodeClient Client { get; }

    public int Id => _process.Id;

    /// <param name="socket">Where it is to listen.</param>
    /// <param name="user">Host user that it belongs to; null for this process's.</param>
    public static async Task<NodeProcess> StartAsync(string socket, int? user = null)
    {
        string[] drover = ["dotnet", Programs.Drover, "node", "--name", "killed", "--socket", socket];
        string[] command = user is { } id ? ["setpriv", $"--reuid={id}", $"--regid={id}", "--clear-groups", .. drover] : drover;
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, WorkingDirectory = Path.GetDirectoryName(socket)! };
        start.Environment["HOME"] = start.WorkingDirectory;
        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync(Ecus.Soon);
        Assert.Contains("listens", line ?? "", StringComparison.Ordinal);
        return new NodeProcess(process, socket);
    }

    /// <summary>Stops all of its threads, so that it can be looked at.</summary>
    public async Task HaltAsync()
    {
        using Process halt = Process.Start("kill", ["-STOP", $"{Id}"]);
        await halt.WaitForExitAsync(Ecus.Soon);
        CancellationToken soon = Ecus.Soon;
        while (Directory.GetDirectories($"/proc/{Id}/task").Any(task => !File.ReadAllText(Path.Combine(task, "stat")).Contains(") T ", StringComparison.Ordinal)))
            soon.ThrowIfCancellationRequested();
    }

    /// <summary>Whether it has a file open.</summary>
    public bool HasOpen(string path) => Directory.GetFiles($"/proc/{Id}/fd").Any(descriptor => File.ResolveLinkTarget(descriptor, false)?.FullName == path);

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(Ecus.Soon);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Client.Dispose();
        _process.Dispose();
    }

    /// <summary>Returns when a process is gone, which may take a moment.</summary>
    public static async Task UntilGoneAsync(int process)
    {
        CancellationToken soon = Ecus.Soon;
        while (Directory.Exists($"/proc/{process}"))
        {
            soon.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
