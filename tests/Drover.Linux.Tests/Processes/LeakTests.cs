using Drover.Linux.Personality;
using Drover.Platform;
using Xunit;

namespace Drover.Linux.Tests.Processes;

/// <summary>Tests that count what this process has, and so must run while no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}

[Collection(AloneCollection.Name)]
[Trait("Category", "Process")]
public sealed class LeakTests
{
    private const int Cycles = 50;

    private readonly ConsoleLines _console = new();

    [Fact]
    public async Task Fifty_moves_leave_no_descriptor_process_or_mapping()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        IComponentProcess process = platform.Launch(Programs.Request(Programs.Lively), personality);
        process.Start();
        await _console.WaitFor(line => line.StartsWith("alive", StringComparison.Ordinal));
        RecordedProcess recorded = RecordedProcess.Of(process);
        Usage before = default;
        for (int cycle = 0; cycle < Cycles; cycle++)
        {
            // The first cycles fill what is filled once.
            if (cycle == 5)
                before = Usage.Now();
            process.Dispose();
            process = platform.Rebuild(recorded.Request(), personality);
            process.Start();
            using IStoppedProcess stopped = process.Stop(TimeSpan.FromSeconds(2));
            _ = stopped.Read(Programs.Identify);
            using IMemorySnapshot snapshot = stopped.Snapshot();
        }
        Usage after = Usage.Now();
        process.Dispose();

        Assert.Equal(before.Children, after.Children);
        Assert.InRange(after.Descriptors, 0, before.Descriptors + 2);
        // The runtime maps and unmaps as it likes; one leaked per cycle would be seen.
        Assert.InRange(after.Mappings, 0, before.Mappings + (Cycles * 4 / 5));
    }

    [Fact]
    public void Refused_and_failed_launches_leave_nothing()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        Assert.ThrowsAny<Exception>(() => platform.Launch(Programs.Request("/etc/hostname"), personality));
        Usage before = Usage.Now();
        for (int i = 0; i < 10; i++)
            Assert.ThrowsAny<Exception>(() => platform.Launch(Programs.Request("/etc/hostname"), personality));
        Usage after = Usage.Now();

        Assert.Equal(before.Children, after.Children);
        Assert.InRange(after.Descriptors, 0, before.Descriptors + 2);
    }
}
