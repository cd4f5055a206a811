using System.Runtime.InteropServices;
using Drover.Core.Tests.Fakes;
using Drover.Platform;
using Drover.Platform.State;
using Drover.Platform.Traps;
using ThreadState = Drover.Platform.State.ThreadState;

namespace Drover.Fuzz.Machine;

/// <summary>Stands for a component's process: has a state that can be read, a port for trapped calls, and an end.</summary>
internal sealed class FuzzProcess(ProcessState state) : IComponentProcess
{
    public const ulong HeapStart = 0x7f00_0000_0000;
    private const int PageBytes = 4096;
    private const int CodeSegment = 17;
    private const int StackSegment = 20;

    private readonly TaskCompletionSource<ProcessExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int HostProcessId => 1;

    public FakePort FakePort { get; } = new();

    public ITrapPort Port => FakePort;

    public IAddressSpace AddressSpace { get; } = new NoAddressSpace();

    public Task<ProcessExit> Exited => _exited.Task;

    public long RunsSince => 0;

    public TimeSpan RanSinceRecorded => TimeSpan.Zero;

    /// <summary>What a checkpoint reads.</summary>
    public ProcessState State { get; set; } = state;

    /// <summary>Private memory in use, in pages.</summary>
    public SortedDictionary<ulong, byte[]> Pages { get; } = new() { [HeapStart] = [.. Enumerable.Repeat((byte)7, PageBytes)] };

    public static ProcessState StateOf(LaunchRequest request) => new()
    {
        Threads = [ThreadOf(2)],
        Mappings =
        [
            .. request.Mappings.Select(mapping => new MappingState
            {
                Start = mapping.Address,
                End = mapping.Address + mapping.Memory.LengthBytes,
                Protection = mapping.Protection,
                Backing = MappingBacking.Dataspace,
                DataspaceInode = mapping.Memory.Inode,
            }),
            new MappingState { Start = HeapStart, End = HeapStart + (16 * PageBytes), Protection = PageProtection.Read | PageProtection.Write, Backing = MappingBacking.Anonymous },
        ],
        Layout = new MemoryLayoutState(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, []),
        SignalActions = [new SignalActionState(10, HeapStart, 4, HeapStart, 0)],
        Descriptors =
        [
            new DescriptorState { Number = 0, Kind = DescriptorKind.Null, StatusFlags = 2, CloseOnExec = false, DescriptionId = 1 },
            new DescriptorState { Number = 4, Kind = DescriptorKind.Pipe, StatusFlags = 0, CloseOnExec = true, DescriptionId = 2, PipeId = 9, PipeCapacityBytes = 65536, Content = [1, 2] },
            new DescriptorState { Number = 5, Kind = DescriptorKind.Pipe, StatusFlags = 1, CloseOnExec = true, DescriptionId = 3, PipeId = 9, IsWriteEnd = true, PipeCapacityBytes = 65536 },
            new DescriptorState { Number = 6, Kind = DescriptorKind.Epoll, StatusFlags = 0, CloseOnExec = true, DescriptionId = 4, Watches = [new EpollWatch(4, 1, ulong.MaxValue)] },
            new DescriptorState { Number = 7, Kind = DescriptorKind.EventCounter, StatusFlags = 0, CloseOnExec = true, DescriptionId = 5, EventCount = 3 },
            new DescriptorState { Number = 8, Kind = DescriptorKind.Synthetic, StatusFlags = 0, CloseOnExec = true, DescriptionId = 6, SyntheticPath = "/proc/meminfo", Content = [65, 66], OffsetBytes = 1 },
            new DescriptorState { Number = 9, Kind = DescriptorKind.Random, StatusFlags = 0, CloseOnExec = true, DescriptionId = 7 },
        ],
        MonotonicNanoseconds = 12_345,
        BoottimeNanoseconds = 22_345,
        NextThreadId = 9,
        ResourceLimits = [new ResourceLimitState(7, 1024, 4096)],
    };

    /// <summary>A thread that has not got far.</summary>
    public static ThreadState ThreadOf(int id)
    {
        ulong[] registers = new ulong[27];
        registers[CodeSegment] = 0x33;
        registers[StackSegment] = 0x2b;
        return new ThreadState
        {
            ThreadId = id,
            Name = $"thread {id}",
            GeneralRegisters = MemoryMarshal.AsBytes(registers.AsSpan()).ToArray(),
            ExtendedState = new byte[576],
            SignalMask = 0,
            Affinity = [3],
        };
    }

    public void Start()
    {
    }

    public IStoppedProcess Stop(TimeSpan patience) => new Stopped(this);

    public void PrepareSnapshot(CancellationToken cancel)
    {
    }

    public IRunningMemory OpenMemory() => new Running(this);

    public void Kill() => _exited.TrySetResult(new ProcessExit(0, 9));

    public void Dispose() => Kill();

    /// <summary>Nothing is noted, so everything may have been written.</summary>
    private PageChanges Changes() => new(false, [.. Pages.Keys.Select(address => new PageRun(address, PageBytes))], []);

    /// <summary>Has room for everything.</summary>
    private sealed class NoAddressSpace : IAddressSpace
    {
        public void ReportFaultsTo(IFaultSink sink)
        {
        }

        public IReadOnlyList<MappingChange> Change(IReadOnlyList<MappingChange> changes) => [];
    }

    private sealed class Stopped(FuzzProcess process) : IStoppedProcess
    {
        public TimeSpan RanSinceStop => TimeSpan.Zero;

        public ProcessState Read(Func<string, SafeHandle, FileIdentity> identify) => process.State;

        public IMemorySnapshot Snapshot() => new PagesCopy(process.Pages.ToDictionary(page => page.Key, page => page.Value.ToArray()));

        public PageChanges TakeChanges() => process.Changes();

        public IMemorySnapshot Copy(IReadOnlyList<PageRun> pages) => Snapshot();

        public void Resume()
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class Running(FuzzProcess process) : IRunningMemory
    {
        public PageChanges TakeChanges() => process.Changes();

        public IReadOnlySet<ulong> OpenShared() => new HashSet<ulong>();

        public void Read(ReadOnlySpan<PageRun> runs, Span<byte> destination, ICollection<PageRun> missed)
        {
            foreach (PageRun run in runs)
            {
                for (ulong address = run.Address; address < run.End; address += PageBytes)
                {
                    if (process.Pages.TryGetValue(address, out byte[]? page))
                        page.CopyTo(destination);
                    else
                        missed.Add(new PageRun(address, PageBytes));
                    destination = destination[PageBytes..];
                }
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class PagesCopy(Dictionary<ulong, byte[]> pages) : IMemorySnapshot
    {
        public IReadOnlyList<PageRun> Runs { get; } = [.. pages.Keys.Order().Select(address => new PageRun(address, PageBytes))];

        public ulong HeldBytes => (ulong)pages.Count * PageBytes;

        public void Read(ulong address, Span<byte> destination) => pages[address].AsSpan(0, destination.Length).CopyTo(destination);

        public void Dispose()
        {
        }
    }
}
