using Drover.Linux.Memory;
using Drover.Linux.Tracing;
using Drover.Platform;
using Drover.Platform.Faults;

namespace Drover.Linux.Processes;

/// <summary>A stopped copy of a component, kept for its memory. Outlives the component.</summary>
/// <remarks>A process that is made in the component's place needs a copy of the copy. To make it takes the longer the more memory there is, so
/// it can be made beforehand: the standby.</remarks>
internal sealed class MemorySnapshot : IMemorySnapshot
{
    /// <summary>A fork that takes no longer is made at once: it delays the component, and what the tracer thread has to do for others,
    /// by no more than that.</summary>
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(2);

    /// <summary>Other forks wait until the component has gone on for a while.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromMilliseconds(50);

    private readonly TracerThread _tracer;
    private readonly FaultPoints _faults;
    private readonly Lazy<IReadOnlyList<PageRun>> _runs;
    private readonly bool _isBrief;
    private int _disposed;
    private bool _isUsed; // tracer thread only
    private int _requests; // and uses; tracer thread only
    private volatile KeptProcess? _standby; // written on the tracer thread only

    /// <summary>Takes over the process.</summary>
    /// <param name="tracer">Makes the standby.</param>
    /// <param name="process">The copy.</param>
    /// <param name="took">What making it took.</param>
    /// <param name="faults">Steps that are to fail on purpose.</param>
    public MemorySnapshot(TracerThread tracer, KeptProcess process, TimeSpan took, FaultPoints faults)
    {
        _tracer = tracer;
        _faults = faults;
        _isBrief = took <= Brief;
        Process = process;
        Memory = new ProcessMemory(process.HostProcessId);
        // Looked for when asked, which is after the pause.
        _runs = new Lazy<IReadOnlyList<PageRun>>(() => PageScan.OwnPages(process.HostProcessId));
    }

    public KeptProcess Process { get; }

    public ProcessMemory Memory { get; }

    /// <summary>Told of a standby that could not be made. On the tracer thread.</summary>
    public required Action<string, Exception> OnFault { get; init; }

    public IReadOnlyList<PageRun> Runs => _runs.Value;

    public ulong HeldBytes =>
        MemoryUse.OfAnonymous(Process.HostProcessId) + (_standby is { } standby ? MemoryUse.OfAnonymous(standby.HostProcessId) : 0);

    public bool IsReady => _standby is not null;

    /// <summary>Null if there is none.</summary>
    internal KeptProcess? Standby => _standby;

    /// <summary>Not by process_vm_readv(2), which pins what it reads: before it pins a page that is shared by a fork the
    /// kernel copies it (gup_must_unshare, Linux 5.19). That is twice the time, and the memory once more.</summary>
    public void Read(ulong address, Span<byte> destination) => Memory.ReadForced(address, destination);

    public void KeepReady() => _tracer.Post(() =>
    {
        Process.Init.WantsStandby = this;
        int request = ++_requests;
        if (_isBrief && !_isUsed)
            MakeStandby(request);
        else
            _ = Task.Delay(Later).ContinueWith(_ => _tracer.Post(() => MakeStandby(request)), TaskScheduler.Default);
    });

    /// <summary>Gives the standby, if there is one, to a process that is made of it. Tracer thread only.</summary>
    public KeptProcess? TakeStandby()
    {
        _isUsed = true;
        _requests++;
        KeptProcess? taken = _standby;
        _standby = null;
        return taken;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        KeptProcess? standby = null;
        _tracer.TryRun(() => standby = TakeStandby());
        standby?.Dispose();
        Memory.Dispose();
        Process.Dispose();
    }

    /// <summary>On the tracer thread; unless it was used or dropped meanwhile, or another one is wanted by now.</summary>
    private void MakeStandby(int request)
    {
        if (Volatile.Read(ref _disposed) != 0 || _standby is not null || request != _requests || Process.Init.WantsStandby != this || !Process.Init.CanBeMovedInto)
            return;
        try
        {
            _faults.Reach(FaultPoint.SnapshotMakeReady);
            Process.Init.ReplaceStandby(this);
            _standby = Process.Copy(Memory);
        }
#pragma warning disable CA1031 // Nobody waits for it, and everything goes on without it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            OnFault("making the next roll back ready", failure);
        }
    }
}
