using System.Runtime.InteropServices;
using Drover.Platform.State;
using Drover.Platform.Traps;

namespace Drover.Platform;

/// <summary>Builds and rebuilds the processes that components run in.</summary>
public interface IProcessPlatform : IDisposable
{
    /// <summary>Makes a process in namespaces of its own, under the filter, with the program loaded and no instruction
    /// of it run. <see cref="IComponentProcess.Start"/> lets it go.</summary>
    IComponentProcess Launch(LaunchRequest request, ITrapHandler traps);

    /// <summary>Builds a process from its recorded state; nothing of it has run yet.</summary>
    IComponentProcess Rebuild(RebuildRequest request, ITrapHandler traps);

    /// <summary>Why no process can be rebuilt here that runs before all of its memory is there (<see cref="RebuildRequest.HoldPages"/>), and
    /// what to do about it; null if that is possible.</summary>
    string? WhyNotLazy => null;

    /// <summary>Makes memory for a dataspace: zeroed, sealed against shrinking and growing.</summary>
    ISharedMemory CreateSharedMemory(string name, ulong lengthBytes);
}

/// <summary>Memory owned by this process that components can map.</summary>
public interface ISharedMemory : IDisposable
{
    ulong LengthBytes { get; }

    /// <summary>Inode of the memfd, by which mappings of it are recognised.</summary>
    ulong Inode { get; }

    /// <summary>The descriptor for reading and writing. Owned by this object.</summary>
    SafeHandle Descriptor { get; }

    /// <summary>A descriptor through which nobody can make a writable mapping. Owned by this object.</summary>
    SafeHandle ReadOnlyDescriptor { get; }

    /// <summary>This process's own mapping of all of it.</summary>
    Span<byte> Span(ulong offsetBytes, int lengthBytes);

    /// <summary>Offset and length of the parts that were ever touched (SEEK_DATA, SEEK_HOLE of lseek(2)), ascending.</summary>
    IEnumerable<(ulong OffsetBytes, ulong LengthBytes)> PopulatedRanges();

    /// <summary>Those of them that lie in a run.</summary>
    IEnumerable<PageRun> Populated(PageRun within) =>
        PageRuns.Intersection([within], [.. PopulatedRanges().Select(range => new PageRun(range.OffsetBytes, range.LengthBytes))]);
}

/// <summary>A mapping that is there before the first instruction.</summary>
public sealed record InitialMapping(ISharedMemory Memory, ulong Address, PageProtection Protection);

public sealed record LaunchRequest
{
    /// <summary>Host path of the ELF file to execute.</summary>
    public required string Executable { get; init; }

    /// <summary>argv, the program's name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>KEY=VALUE strings; nothing is inherited.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    public IReadOnlyList<InitialMapping> Mappings { get; init; } = [];

    /// <summary>System-call numbers beyond the kernel's that the filter hands to the trap handler.</summary>
    public required IReadOnlyList<int> PrivateCalls { get; init; }

    public required ProcessLimits Limits { get; init; }
}

/// <summary>What a process may use; beyond it the call fails or the process ends, never the node.</summary>
public sealed record ProcessLimits(ulong PrivateMemoryBytes, int Threads);

/// <summary>Opens what mappings and descriptors of a rebuilt process need.</summary>
public interface IBackingSource
{
    /// <summary>Opens a file read-only, after it was found to be the recorded one. The caller owns the result.</summary>
    SafeHandle OpenFile(FileIdentity file);

    /// <summary>The new memory for a dataspace mapping. Not owned by the caller.</summary>
    ISharedMemory Dataspace(MappingState mapping);
}

/// <summary>A run of pages with content.</summary>
public readonly record struct PageRun(ulong Address, ulong LengthBytes)
{
    public ulong End => Address + LengthBytes;
}

/// <summary>The content of private memory.</summary>
public interface IPageSource
{
    /// <summary>Ascending, page aligned, inside the private mappings.</summary>
    IReadOnlyList<PageRun> Runs { get; }

    /// <summary>Fills <paramref name="destination"/> with the content at <paramref name="address"/>, which lies within
    /// one run. Throws if the content is damaged.</summary>
    void Read(ulong address, Span<byte> destination);
}

public sealed record RebuildRequest
{
    public required ProcessState State { get; init; }

    /// <summary>The content of private memory. If it is a snapshot of a process that has ended since, the process may be built of
    /// it, with pages that are copied when they are written; the snapshot stays as it is.</summary>
    public required IPageSource Pages { get; init; }

    /// <summary>Address and bytes of what was mapped when the snapshot was taken and is only reserved by the state.</summary>
    public IReadOnlyList<(ulong Address, ulong LengthBytes)> ReservedRanges { get; init; } = [];

    /// <summary>If given, the process may run before its memory is there: the pages come when they are needed, and the others one
    /// after another. A page that turns out to be damaged then ends the process. Called at most once; what it gives keeps
    /// <see cref="Pages"/> readable until it is disposed, by any thread.</summary>
    public Func<IDisposable>? HoldPages { get; init; }

    public required IBackingSource Backing { get; init; }

    public required IReadOnlyList<int> PrivateCalls { get; init; }

    public required ProcessLimits Limits { get; init; }
}

/// <summary>How a process ended.</summary>
/// <param name="Signal">The signal that ended it, or 0.</param>
/// <param name="Status">The exit status if no signal ended it.</param>
/// <param name="Trouble">Why the platform ended it; null if it did not.</param>
public readonly record struct ProcessExit(int Status, int Signal, string? Trouble = null);

/// <summary>A component's process. Disposing ends it and everything in its namespaces.</summary>
public interface IComponentProcess : IDisposable
{
    /// <summary>Process id on this node.</summary>
    int HostProcessId { get; }

    ITrapPort Port { get; }

    IAddressSpace AddressSpace { get; }

    /// <summary>Completes when the process has ended for whatever reason.</summary>
    Task<ProcessExit> Exited { get; }

    /// <summary>How far the clocks of a rebuilt process have gone on, up to now, from what was recorded; zero for one
    /// that was launched.</summary>
    TimeSpan RanSinceRecorded { get; }

    /// <summary>Lets a launched or rebuilt process run. Once only.</summary>
    void Start();

    /// <summary>When its threads were let go, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts; 0 before. Where they want the caller's
    /// processor, <see cref="Start"/> returns some time later.</summary>
    long RunsSince { get; }

    /// <summary>Makes a snapshot that is taken soon quicker, where there is much private memory and the machine lets it. The process runs on, and nothing of
    /// it changes that it could notice. Does nothing, or less, rather than fail; takes a second or two at most. To be called while nobody stops the
    /// process, by one caller at a time.</summary>
    void PrepareSnapshot(CancellationToken cancel);

    /// <summary>Stops all threads. Throws <see cref="TimeoutException"/> with the process running on if that takes
    /// longer than <paramref name="patience"/>.</summary>
    IStoppedProcess Stop(TimeSpan patience);

    /// <summary>Takes hold of the memory of a process that runs, to read it while it does. Not owned by the process.</summary>
    IRunningMemory OpenMemory();

    /// <summary>Ends the process and waits until it is gone.</summary>
    void Kill();
}

/// <summary>The private memory of a process that runs on while it is read: all of it can change and vanish meanwhile. To be used while
/// nobody stops the process. Not thread safe.</summary>
public interface IRunningMemory : IDisposable
{
    /// <summary>As <see cref="IStoppedProcess.TakeChanges"/>, which goes on from here. Whatever is written after a page was looked at is
    /// found by the next look, so what is read after the look and found unchanged by the next one is whole.</summary>
    PageChanges TakeChanges();

    /// <summary>The shared memory, by inode, of which the process has a descriptor open, so that it could map it in another way than through
    /// its parent. To be asked before a look.</summary>
    IReadOnlySet<ulong> OpenShared();

    /// <summary>Reads pages, one run after another. What vanished is no error.</summary>
    /// <param name="runs">Ascending.</param>
    /// <param name="destination">Of their length together.</param>
    /// <param name="missed">Gets the runs, or parts of runs, that could not be read; their bytes are anything.</param>
    void Read(ReadOnlySpan<PageRun> runs, Span<byte> destination, ICollection<PageRun> missed);
}

/// <summary>A process all of whose threads are stopped. Disposing resumes it if nothing else did.</summary>
public interface IStoppedProcess : IDisposable
{
    /// <summary>How far the clocks of the process have gone on, up to now, from what they showed at the stop.</summary>
    TimeSpan RanSinceStop { get; }

    /// <summary>Reads everything but memory content.</summary>
    /// <param name="identify">Gives the identity of a read-only file that the process has mapped or open, by the path
    /// under which it was given to it; the handle is open for reading.</param>
    ProcessState Read(Func<string, SafeHandle, FileIdentity> identify);

    /// <summary>Forks a copy-on-write copy of the private memory.</summary>
    IMemorySnapshot Snapshot();

    /// <summary>Says which pages of private memory were written since the call before, in this stop or an earlier one, and tracks
    /// on: from then on a page's first write costs about a microsecond more.</summary>
    PageChanges TakeChanges();

    /// <summary>Copies pages of private memory. For few of them it is quicker than a fork, which copies all page tables.</summary>
    /// <param name="pages">Ascending; less than 2 GiB.</param>
    IMemorySnapshot Copy(IReadOnlyList<PageRun> pages);

    void Resume();
}

/// <summary>The pages of private memory that have content of their own, by whether they were written since an earlier look.
/// Pages in neither list have none: they show zeros, or a file.</summary>
/// <param name="IsComplete">False if there was no earlier look: then all count as written.</param>
/// <param name="Written">Ascending.</param>
/// <param name="Unchanged">Ascending.</param>
public sealed record PageChanges(bool IsComplete, IReadOnlyList<PageRun> Written, IReadOnlyList<PageRun> Unchanged)
{
    /// <summary>Of each shared memory that the process has mapped, or had mapped at the look before, once.</summary>
    public IReadOnlyList<SharedChanges> Shared { get; init; } = [];
}

/// <summary>What a process wrote to shared memory since an earlier look, by offset, through mappings that were there at both looks or came
/// since. What it wrote through a mapping that came and went in between, and what others wrote, is not known here.</summary>
/// <param name="Inode">Which memory.</param>
/// <param name="IsComplete">False if a mapping of the earlier look is gone, and what it knew with it, or there was no earlier look.</param>
/// <param name="Written">Ascending.</param>
/// <param name="Unseen">Pages that may have been written or not, if they have content at all. Ascending; may have pages of
/// <paramref name="Written"/>.</param>
public sealed record SharedChanges(ulong Inode, bool IsComplete, IReadOnlyList<PageRun> Written, IReadOnlyList<PageRun> Unseen);

/// <summary>The private memory of a process at one moment. Disposing gives it back.</summary>
public interface IMemorySnapshot : IPageSource, IDisposable
{
    /// <summary>Memory that it takes, in bytes; of pages that others share, its part. Takes about 10 ms for a GiB.</summary>
    ulong HeldBytes { get; }

    /// <summary>Whether what the next process in this one's place is made of is there already.</summary>
    bool IsReady => false;

    /// <summary>Has that made in the background, if this is memory of which a process can be made in the place of another. It is given back when
    /// the same is asked of another snapshot of the component, and with this one.</summary>
    void KeepReady()
    {
    }
}
