using Drover.Platform;
using Xunit;

namespace Drover.Linux.Tests.Processes;

[Trait("Category", "Process")]
public sealed class LaunchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static LaunchRequest Request(string executable, params string[] arguments) => new()
    {
        Executable = executable,
        Arguments = [executable, .. arguments],
        Environment = ["GREETING=hello"],
        PrivateCalls = [3328],
        Limits = new ProcessLimits(1 << 30, 100),
    };

    [Fact]
    public async Task A_program_ends_with_its_status()
    {
        using LinuxProcessPlatform platform = new();
        using IComponentProcess process = platform.Launch(Request("/bin/false"), new HostFileTraps());

        process.Start();

        Assert.Equal(new ProcessExit(1, 0), await process.Exited.WaitAsync(Patience));
    }

    [Fact]
    public async Task Arguments_and_environment_arrive()
    {
        HostFileTraps traps = new();
        using LinuxProcessPlatform platform = new();
        using IComponentProcess process = platform.Launch(Request("/bin/sh", "-c", "echo $0 $GREETING", "a b"), traps);

        process.Start();
        await process.Exited.WaitAsync(Patience);

        Assert.EndsWith("a b hello\n", traps.Output);
    }

    [Fact]
    public async Task Killing_ends_it_with_the_signal()
    {
        using LinuxProcessPlatform platform = new();
        using IComponentProcess process = platform.Launch(Request("/bin/sleep", "100"), new HostFileTraps());
        process.Start();

        process.Kill();

        Assert.Equal(new ProcessExit(0, 9), await process.Exited.WaitAsync(Patience));
    }
}
