using Drover.Linux.Native;
using Drover.Linux.Personality;
using Drover.Platform;
using Xunit;

namespace Drover.Linux.Tests.Processes;

[Trait("Category", "Process")]
public sealed class LaunchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConsoleLines _console = new();

    private async Task<ProcessExit> RunToEnd(string program, params string[] arguments)
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        using IComponentProcess process = platform.Launch(Programs.Request(program, arguments), personality);
        process.Start();
        return await process.Exited.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_program_ends_with_its_status()
    {
        Assert.Equal(new ProcessExit(1, 0), await RunToEnd("/bin/false"));
    }

    [Fact]
    public async Task Arguments_and_environment_arrive()
    {
        ProcessExit exit = await RunToEnd("/bin/sh", "-c", "echo $0 $DOTNET_EnableDiagnostics", "a b");

        Assert.Equal(new ProcessExit(0, 0), exit);
        Assert.Equal("a b 0\n", _console.Text);
    }

    [Fact]
    public async Task A_dotnet_program_runs()
    {
        ProcessExit exit = await RunToEnd(Programs.Lively, "hello");

        Assert.True(exit == new ProcessExit(0, 0), $"{exit}: {_console.Text}");
        Assert.Equal("hello\n", _console.Text);
    }

    [Fact]
    public async Task Killing_ends_it_with_the_signal()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        using IComponentProcess process = platform.Launch(Programs.Request("/bin/sleep", "100"), personality);
        process.Start();

        process.Kill();

        Assert.Equal(new ProcessExit(0, 9), await process.Exited.WaitAsync(Patience));
    }

    [Fact]
    public void A_program_that_is_not_there_is_refused_and_leaves_nothing()
    {
        using LinuxProcessPlatform platform = new();

        Assert.Throws<LinuxException>(
            () => platform.Launch(Programs.Request("/nowhere"), Programs.Personality(_console)));
        Assert.Throws<LinuxException>(
            () => platform.Launch(Programs.Request("/etc/passwd"), Programs.Personality(_console)));
    }
}
