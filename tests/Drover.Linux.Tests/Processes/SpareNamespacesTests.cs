using Drover.Linux.Personality;
using Drover.Linux.Processes;
using Drover.Linux.Tracing;
using Drover.Platform;
using Xunit;

namespace Drover.Linux.Tests.Processes;

/// <summary>The namespaces that are made when a process has ended, for the next one.</summary>
[Trait("Category", "Process")]
public sealed class SpareNamespacesTests : IDisposable
{
    private readonly ConsoleLines _console = new();
    private readonly LinuxPersonality _personality;
    private readonly LinuxProcessPlatform _platform = new();

    public SpareNamespacesTests() => _personality = Programs.Personality(_console);

    public void Dispose()
    {
        _platform.Dispose();
        _personality.Dispose();
    }

    [Fact]
    public async Task The_next_process_that_is_rebuilt_lives_in_them()
    {
        RecordedProcess recorded = await RecordAndEndAsync();
        int spare = Assert.NotNull(_platform.SpareProcessId);

        using IComponentProcess built = _platform.Rebuild(recorded.Request(), _personality);

        Assert.Equal(spare, ParentOf(built.HostProcessId));
        Assert.Null(_platform.SpareProcessId);
        await RunsAsync(built);
        built.Dispose();
        Assert.False(Exists(spare));
        Assert.NotNull(_platform.SpareProcessId);
    }

    [Fact]
    public async Task Those_that_somebody_ended_are_replaced()
    {
        RecordedProcess recorded = await RecordAndEndAsync();
        int spare = Assert.NotNull(_platform.SpareProcessId);
        ProcessEnd.Kill(spare);
        Assert.True(SpinWait.SpinUntil(() => ThreadFiles.IsEnding(spare), TimeSpan.FromMinutes(1)));

        using IComponentProcess built = _platform.Rebuild(recorded.Request(), _personality);

        Assert.NotEqual(spare, ParentOf(built.HostProcessId));
        Assert.False(Exists(spare));
        await RunsAsync(built);
    }

    [Fact]
    public async Task They_end_with_the_platform()
    {
        await RecordAndEndAsync();
        int spare = Assert.NotNull(_platform.SpareProcessId);

        _platform.Dispose();

        Assert.False(Exists(spare));
    }

    private async Task<RecordedProcess> RecordAndEndAsync()
    {
        using IComponentProcess process = _platform.Launch(Programs.Request(Programs.Lively), _personality);
        await RunsAsync(process);
        return RecordedProcess.Of(process);
    }

    private async Task RunsAsync(IComponentProcess process)
    {
        int from = _console.Count;
        process.Start();
        await _console.WaitFor(line => line.StartsWith("alive", StringComparison.Ordinal), from);
    }

    private static bool Exists(int process) => Directory.Exists($"/proc/{process}");

    /// <summary>On this node, though it is in other namespaces.</summary>
    private static int ParentOf(int process) =>
        int.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal))[5..]);
}
