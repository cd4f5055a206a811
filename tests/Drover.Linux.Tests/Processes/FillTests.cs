using Drover.Linux.Memory;
using Drover.Linux.Personality;
using Drover.Platform;
using Drover.Platform.State;
using Xunit;

namespace Drover.Linux.Tests.Processes;

/// <summary>Memory that is large enough to be filled by several threads.</summary>
[Collection(AloneCollection.Name)]
[Trait("Category", "Process")]
public sealed class FillTests
{
    private readonly ConsoleLines _console = new();

    [Fact]
    public async Task Many_pages_are_each_filled_in_their_place()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        (RebuildRequest request, PatternPages pages) = await PatternPages.OfLively(platform, personality, _console);
        int from = _console.Count;
        using IComponentProcess process = platform.Rebuild(request, personality);

        process.Start();
        await _console.WaitFor(line => line.StartsWith("alive", StringComparison.Ordinal), from);
        if (HugePages.AreAllowed())
            Assert.Equal(0UL, PageRuns.LengthBytes(SmallPages(process, HugePages.WholeBlocks([pages.Added[0]], request.State.Mappings))));
        using IMemorySnapshot snapshot = Snapshot(process);

        byte[] expected = new byte[1 << 20];
        byte[] found = new byte[1 << 20];
        foreach (PageRun run in pages.Added)
        {
            for (ulong address = run.Address; address < run.End; address += (ulong)found.Length)
            {
                int length = (int)Math.Min((ulong)found.Length, run.End - address);
                PatternPages.Make(address, expected.AsSpan(0, length));
                snapshot.Read(address, found.AsSpan(0, length));
                Assert.True(expected.AsSpan(0, length).SequenceEqual(found.AsSpan(0, length)), $"0x{address:x} differs");
            }
        }
    }

    private static List<PageRun> SmallPages(IComponentProcess process, List<PageRun> ranges)
    {
        using PageScan scan = new(process.HostProcessId);
        return scan.SmallPages([.. ranges.Select(range => new PrivateRange(range.Address, range.End, HasFiles: false))]);
    }

    [Fact]
    public async Task A_page_that_cannot_be_read_is_the_failure_and_leaves_nothing()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        (RebuildRequest request, PatternPages pages) = await PatternPages.OfLively(platform, personality, _console);
        Usage? first = null;
        for (ulong bad = pages.Added[0].Address; bad < pages.Added[0].End; bad += 9 << 20)
        {
            pages.Damaged = bad;
            InvalidDataException failure = Assert.Throws<InvalidDataException>(() => platform.Rebuild(request, personality));
            int reads = pages.Reads;
            Assert.Equal($"0x{bad:x} is damaged", failure.Message);
            Assert.Equal(0, pages.Readers);
            Usage after = Usage.Now();
            Assert.Equal(reads, pages.Reads);
            first ??= after;
            Assert.Equal(first.Value.Children, after.Children);
            Assert.InRange(after.Descriptors, 0, first.Value.Descriptors + 2);
        }

        pages.Damaged = null;
        using IComponentProcess process = platform.Rebuild(request, personality);
    }

    private static IMemorySnapshot Snapshot(IComponentProcess process)
    {
        using IStoppedProcess stopped = process.Stop(TimeSpan.FromSeconds(10));
        return stopped.Snapshot();
    }
}
