using Drover.Linux;
using Drover.Linux.Personality;
using Drover.Platform;
using Drover.Platform.Traps;

// A node reduced to the least: it keeps a component, says which process that is, and waits to be killed.
ProcessLimits limits = new(256 << 20, 50);
string program = args[0];
string dotnetRoot = args[1];
LinuxPersonality personality = new(
    new Silence(), new RuntimeFileView(limits, [Path.GetDirectoryName(program)!, dotnetRoot]), new Silence(), limits);
LinuxProcessPlatform platform = new();
IComponentProcess process = platform.Launch(
    new LaunchRequest
    {
        Executable = program,
        Arguments = [program],
        Environment = RuntimeEnvironment.Build(limits, dotnetRoot, []),
        PrivateCalls = [3328],
        Limits = limits,
    },
    personality);
process.Start();
if (args.Length > 2)
    process.Stop(TimeSpan.FromSeconds(5)).Snapshot();
Console.WriteLine(process.HostProcessId);
Thread.Sleep(Timeout.Infinite);

internal sealed class Silence : IPrivateCallHandler, IConsoleSink
{
    public void Handle(ITrapPort port, in TrappedCall call) => port.Fail(call.Id, 38);

    public void ThreadExits(ITrapPort port, int hostThreadId)
    {
    }

    public void Write(ConsoleStream stream, ReadOnlySpan<byte> bytes)
    {
    }
}
