using System.ComponentModel;
using System.Diagnostics;
using Drover.Cli.Verbs;
using Drover.Node.Api;
using Drover.Node.Operations;

namespace Drover.Cli.Demo;

/// <summary>A node in a process of its own. Disposing ends the process and its components.</summary>
internal sealed class DemoNode : IAsyncDisposable
{
    private static readonly TimeSpan PatienceWithEnd = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private DemoNode(string name, string socket, Process process)
    {
        Name = name;
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        Client = new NodeClient(socket);
    }

    public string Name { get; }

    public NodeClient Client { get; }

    /// <summary>Starts a node and returns when it answers.</summary>
    public static async Task<DemoNode> StartAsync(string name, string socket, CancellationToken cancel)
    {
        ProcessStartInfo start = SelfInvocation();
        foreach (string argument in (string[])["node", "--name", name, "--socket", socket, NodeVerb.EndWithInput])
            start.ArgumentList.Add(argument);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var node = new DemoNode(name, socket, Process.Start(start)!);
        try
        {
            // The first line says that it listens.
            if (await node._process.StandardOutput.ReadLineAsync(cancel) is null)
            {
                throw new NodeOperationException(
                    NodeErrorCode.NodeNotRunning,
                    $"The node {name} did not start; it said:\n    {(await node._errors).Trim()}",
                    "'drover doctor' tells whether the machine has what it needs.");
            }

            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the node said on its standard error, once it has ended.</summary>
    public Task<string> ErrorsAsync() => _errors;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        try
        {
            // The node ends when its input does.
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(PatienceWithEnd);
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended meanwhile.
        }
    }

    /// <summary>This very program: `dotnet Drover.Cli.dll` or the executable beside it.</summary>
    private static ProcessStartInfo SelfInvocation()
    {
        string self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self);
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
            start.ArgumentList.Add(typeof(DemoNode).Assembly.Location);
        return start;
    }
}
