using System.Threading.Channels;
using Drover.Platform;
using Drover.Platform.State;
using Xunit;

namespace Drover.Linux.Tests.Processes;

/// <summary>What the node maps into a running component, and the faults that it hears of.</summary>
[Trait("Category", "Process")]
public sealed class MappingTests : IDisposable
{
    private const int ReadOnThread = 15;
    private const int Look = 16;
    private const int Store = 17;
    private const int TakeDescriptors = 18;
    private const int TakeMappings = 19;

    private const ulong Page = 4096;
    private const ulong Base = 0x2000_0000_0000;
    private const PageProtection Both = PageProtection.Read | PageProtection.Write;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServantProcess _servant = new();
    private readonly LinuxProcessPlatform _platform = new();
    private readonly List<ISharedMemory> _memories = [];

    private IAddressSpace Space => _servant.Process.AddressSpace;

    public void Dispose()
    {
        _servant.Dispose();
        _memories.ForEach(memory => memory.Dispose());
        _platform.Dispose();
    }

    [Fact]
    public async Task Running_component_gets_and_loses_memory_with_the_rights_that_are_meant()
    {
        ISharedMemory first = Memory(2, 11);
        ISharedMemory second = Memory(2, 22);

        Assert.Empty(Space.Change(
        [
            new(Base, 2 * Page, Both, first),
            new(Base + (2 * Page), Page, PageProtection.Read, second, Page),
            new(Base + (3 * Page), Page, Both, first, Page),
        ]));

        Assert.Equal(11, await AtPage(0));
        Assert.Equal(23, await AtPage(2));
        Assert.Equal(12, await AtPage(3));
        Assert.Equal(0, await _servant.Order(Store, (long)(Base + Page)));
        Assert.Equal(99, await AtPage(3));
        Assert.Equal(99, first.Span(Page, 1)[0]);
        Assert.Equal(-1, await _servant.Order(Store, (long)(Base + (2 * Page))));
        Assert.Empty(Space.Change([new(Base, 3 * Page, PageProtection.None), new(Base, Page, Both, second)]));
        long[] left = [await AtPage(0), await AtPage(1), await AtPage(2), await AtPage(3)];
        Assert.Equal([22, -1, -1, 99], left);
    }

    [Fact]
    public async Task Hundreds_of_memories_are_mapped_in_one_go_and_leave_no_descriptor()
    {
        await AtPage(0); // opens the servant's own pipe
        string[] before = Descriptors();
        MappingChange[] changes = [.. Enumerable.Range(0, 300).Select(i => new MappingChange(Base + ((ulong)i * Page), Page, Both, Memory(1, (byte)i)))];

        Assert.Empty(Space.Change(changes));

        foreach (int page in (int[])[0, 1, 249, 250, 251, 299])
            Assert.Equal((byte)page, await AtPage((ulong)page));
        Assert.Equal(before, Descriptors());
    }

    [Fact]
    public async Task Component_without_a_free_descriptor_gets_nothing_more_but_loses_what_is_taken_away()
    {
        Assert.Empty(Space.Change([new(Base, Page, Both, Memory(1, 5))]));
        Assert.Equal(5, await AtPage(0));
        Assert.True(await _servant.Order(TakeDescriptors) > 1000);
        MappingChange refused = new(Base + Page, Page, Both, Memory(1, 6));

        Assert.Equal(refused, Assert.Single(Space.Change([refused])));
        Assert.Equal(-1, await AtPage(1));
        Assert.Equal(5, await AtPage(0));
        Assert.Empty(Space.Change([new(Base, Page, PageProtection.None)]));

        Assert.Equal(-1, await AtPage(0));
    }

    [Fact]
    public async Task Thread_at_a_hole_waits_is_stopped_and_told_again_and_goes_on()
    {
        FaultList faults = new();
        Space.ReportFaultsTo(faults);
        Assert.Empty(Space.Change([new(Base, 8 * Page, Both, ReportsFaults: true)]));
        _servant.Send(ReadOnThread, (long)(Base + (3 * Page) + 5));
        await _servant.Result();

        Assert.Equal((Base + (3 * Page), false), await faults.Next());
        // Neither the node nor the kernel on behalf of the component waits there.
        Assert.False(_servant.Process.Port.TryRead(Base + (5 * Page), new byte[8]));
        Assert.Equal(-1, await AtPage(5));
        using (IStoppedProcess stopped = _servant.Process.Stop(Patience))
        {
            ProcessState state = stopped.Read(Programs.Identify);
            using IMemorySnapshot snapshot = stopped.Snapshot();
            Assert.Contains(state.Mappings, mapping => mapping.Start <= Base && Base < mapping.End);
            Assert.DoesNotContain(snapshot.Runs, run => run.Address < Base + (8 * Page) && Base < run.End);
            // Whoever wants to know what was written shares the kernel's registration with the holes.
            Assert.False(stopped.TakeChanges().IsComplete);
            Assert.True(stopped.TakeChanges().IsComplete);
        }

        Assert.Equal((Base + (3 * Page), false), await faults.Next());
        Assert.Empty(Space.Change([new(Base + (3 * Page), Page, Both, Memory(1, 0), 0)]));
        Assert.Equal(1000, await _servant.Note(0));
        _servant.Send(ReadOnThread, (long)(Base + (6 * Page)));
        await _servant.Result();
        Assert.Equal((Base + (6 * Page), false), await faults.Next());
        Assert.Empty(Space.Change([new(Base, 8 * Page, PageProtection.Read, Memory(8, 40))]));
        Assert.Equal(1046, await _servant.Note(0));
    }

    [Fact]
    public async Task Component_from_which_access_cannot_be_taken_away_is_ended()
    {
        const int Pieces = 128;
        Assert.Empty(Space.Change([new(Base, 2 * Pieces * Page, Both, Memory(2 * Pieces, 5))]));
        Assert.Equal(5, await AtPage(0));
        Assert.True(await _servant.Order(TakeMappings) > 10_000);

        // More mappings than its runtime could have given back meanwhile.
        Assert.ThrowsAny<Exception>(() => Space.Change(
            [.. Enumerable.Range(0, Pieces).Select(piece => new MappingChange(Base + ((ulong)(2 * piece) * Page), Page, PageProtection.None))]));

        Assert.Equal(new ProcessExit(0, 9), await _servant.Process.Exited.WaitAsync(Patience));
    }

    [Fact]
    public async Task Component_that_waits_in_a_fault_can_be_killed()
    {
        FaultList faults = new();
        Space.ReportFaultsTo(faults);
        Assert.Empty(Space.Change([new(Base, Page, Both, ReportsFaults: true)]));
        await _servant.Order(ReadOnThread, (long)Base);
        await faults.Next();

        _servant.Process.Kill();

        Assert.Equal(new ProcessExit(0, 9), await _servant.Process.Exited.WaitAsync(Patience));
        Assert.Throws<ObjectDisposedException>(() => Space.Change([new(Base, Page, PageProtection.None)]));
    }

    [Fact]
    public async Task Change_while_the_component_stands_still_leaves_it_standing_still()
    {
        using (IStoppedProcess stopped = _servant.Process.Stop(Patience))
        {
            _servant.Send(Look, (long)Base);
            Assert.Empty(Space.Change([new(Base, Page, Both, Memory(1, 33))]));
            Assert.NotEmpty(stopped.Read(Programs.Identify).Threads);
        }

        Assert.Equal(33, await _servant.Result());
    }

    private async Task<long> AtPage(ulong page) => await _servant.Order(Look, (long)(Base + (page * Page)));

    /// <summary>Memory each page of which begins with one more than the page before.</summary>
    private ISharedMemory Memory(ulong pages, byte first)
    {
        ISharedMemory memory = _platform.CreateSharedMemory("piece", pages * Page);
        for (ulong i = 0; i < pages; i++)
            memory.Span(i * Page, 1)[0] = (byte)(first + i);
        _memories.Add(memory);
        return memory;
    }

    private string[] Descriptors() =>
        [.. Directory.EnumerateFileSystemEntries($"/proc/{_servant.Process.HostProcessId}/fdinfo").Select(path => Path.GetFileName(path)!).Order()];

    private sealed class FaultList : IFaultSink
    {
        private readonly Channel<(ulong Address, bool IsWrite)> _faults = Channel.CreateUnbounded<(ulong, bool)>();

        public void Fault(ulong address, bool isWrite) => _faults.Writer.TryWrite((address, isWrite));

        public async Task<(ulong Address, bool IsWrite)> Next() => await _faults.Reader.ReadAsync().AsTask().WaitAsync(Patience);
    }
}
