using System.Buffers;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Processes;
using Drover.Linux.Seccomp;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Linux.Userfault;

/// <summary>
/// Fills the private anonymous memory of a process while it runs already: first the pages that it waits for, otherwise one
/// after another. A page that the component drops or unmaps meanwhile is zero afterwards. If the content cannot be had the
/// process is ended. Safe for use by any thread.
/// </summary>
/// <remarks>
/// Nothing may be filled while a change of the mappings is under way, nor between a message that tells of one and the taking note of
/// it: the kernel refuses the former, and <see cref="_lock"/> sees to the latter. Messages of changes that several threads made at once
/// can come in another order than the changes. That does not matter as long as each only makes fewer pages missing; so
/// memory is filled before it is moved (<see cref="FillNow"/>), for which mremap(2) is trapped. The threads give everything back, and call no
/// other part of the engine, so that the tracer thread may wait for them.
/// </remarks>
internal sealed unsafe partial class LazyFill : IDisposable
{
    /// <summary>What is filled for one fault: the page and what lies around it.</summary>
    private const ulong WindowBytes = 64 << 10;

    /// <summary>What is filled at once otherwise; a fault may have to wait for one.</summary>
    private const int ChunkBytes = 256 << 10;

    private const int MostFillers = 3;

    /// <summary>How much nicer than others those threads are that fill what nobody waits for: on one processor the component has three quarters of
    /// it, and need not wait until a chunk is done. A niceness, of which each step is worth a quarter more.</summary>
    private const int Nicer = 5;

    /// <summary>How often it is tried again at once when the component is changing its mappings.</summary>
    private const int BriefTries = 50;

    private const int Nicest = 19;

    private readonly FillDescriptor _descriptor;
    private readonly IPageSource _source;
    private readonly IDisposable _hold;
    private readonly SafeFileDescriptor _process;
    private readonly SafeFileDescriptor _wake;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly MissingPages _missing; // guarded by _lock
    private readonly Queue<ulong> _faults = new(); // guarded by _lock
    private ulong _cursor; // where filling goes on; guarded by _lock
    private int _busy; // threads that hold a part to be filled; guarded by _lock
    private int _threads; // that have not ended, and callers; the last gives everything back; guarded by _lock
    private volatile Exception? _failure;
    private volatile bool _runs;
    private volatile int _fillers; // that have not ended; changed atomically
    private volatile bool _ending;

    private LazyFill(FillDescriptor descriptor, MissingPages missing, IPageSource source, IDisposable hold, int processId)
    {
        _descriptor = descriptor;
        _missing = missing;
        _source = source;
        _hold = hold;
        _process = PidDescriptor.Open(processId);
        _wake = SafeFileDescriptor.Adopt(Libc.EventDescriptor(0, OpenFlags.CloseOnExec), "eventfd");
    }

    /// <summary>Why the process was ended by this; null if it was not.</summary>
    public Exception? Failure => _failure;

    /// <summary>Completes when nothing is missing any more, or the process has ended. Never faults.</summary>
    public Task Over => _over.Task;

    /// <summary>Bytes that are still to come.</summary>
    public ulong MissingBytes
    {
        get
        {
            lock (_lock)
                return _missing.LengthBytes;
        }
    }

    /// <summary>The part of the content that can come later, by the mappings that it is for.</summary>
    public static (List<PageRun> Later, List<PageRun> Now) Split(IReadOnlyList<PageRun> runs, IReadOnlyList<MappingState> mappings)
    {
        List<PageRun> later = [];
        List<PageRun> now = [];
        int mapping = 0;
        foreach (PageRun run in runs)
        {
            for (ulong at = run.Address; at < run.End;)
            {
                while (mappings[mapping].End <= at)
                    mapping++;
                ulong end = Math.Min(run.End, mappings[mapping].End);
                (mappings[mapping].Backing == MappingBacking.Anonymous ? later : now).Add(new PageRun(at, end - at));
                at = end;
            }
        }

        return (later, now);
    }

    /// <summary>Begins to serve faults. Takes over descriptor and hold, whatever comes of it.</summary>
    /// <param name="descriptor">Of the process's address space; nothing is registered with it yet.</param>
    /// <param name="later">What is missing; private anonymous memory, in which nothing has been touched.</param>
    /// <param name="mappings">In which it lies.</param>
    /// <param name="source">Has the content.</param>
    /// <param name="hold">Keeps the source readable until it is disposed.</param>
    /// <param name="processId">Of the process on this node.</param>
    public static LazyFill Begin(
        FillDescriptor descriptor, List<PageRun> later, IReadOnlyList<MappingState> mappings, IPageSource source, IDisposable hold, int processId)
    {
        LazyFill? fill = null;
        try
        {
            MissingPages missing = new(later);
            foreach (MappingState mapping in mappings)
            {
                if (mapping.Backing == MappingBacking.Anonymous && missing.Overlaps(mapping.Start, mapping.End))
                    descriptor.Register(mapping.Start, mapping.End);
            }

            fill = new LazyFill(descriptor, missing, source, hold, processId);
            fill.Start("lazy pages", fill.Serve);
            return fill;
        }
        catch
        {
            fill?.GiveBack();
            descriptor.Dispose();
            hold.Dispose();
            throw;
        }
    }

    /// <summary>The process runs: from now on it is filled also where it does not wait.</summary>
    public void GoOn()
    {
        // Counted first: who serves is not to begin with a part that they would leave to it.
        int fillers = Math.Clamp(Environment.ProcessorCount - 1, 1, MostFillers);
        _fillers = fillers;
        _runs = true;
        int started = 0;
        try
        {
            for (; started < fillers; started++)
                Start("lazy pages, filler", FillRest);
        }
        catch (OutOfMemoryException)
        {
            // It goes on with fewer, or with the one that serves.
            Interlocked.Add(ref _fillers, started - fillers);
        }

        Wake();
    }

    /// <summary>Ends the filling; whoever waits for a page goes on with zeros, so the process has to be dead.</summary>
    public void Dispose()
    {
        _ending = true;
        Wake();
    }

    private void Start(string name, Action<byte[]> work)
    {
        lock (_lock)
            _threads++;
        try
        {
            new Thread(() => Run(work)) { IsBackground = true, Name = name }.Start();
        }
        catch
        {
            lock (_lock)
                _threads--;
            throw;
        }
    }

    private void Run(Action<byte[]> work)
    {
        try
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
            work(buffer);
            ArrayPool<byte>.Shared.Return(buffer);
        }
#pragma warning disable CA1031 // Whatever goes wrong, the component must not take a missing page for zeros.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fail(failure);
        }

        Leave();
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_threads > 0)
                return;
        }

        GiveBack();
        _over.TrySetResult();
    }

    /// <summary>Takes messages and serves faults; fills when there are none and nobody else does that.</summary>
    private void Serve(byte[] buffer)
    {
        int hindered = 0;
        while (!_ending)
        {
            TakeMessages();
            // Whoever waits nevertheless is to have zeros, and goes on when the descriptor is closed.
            if (IsComplete())
                return;
            if (TryServeFault(buffer, out bool wasHindered) || (!wasHindered && _runs && _fillers == 0 && TryFillNext(buffer, out wasHindered)))
            {
                hindered = 0;
                continue;
            }

            // Who made the change has only to be woken, which tells nobody.
            if (wasHindered && ++hindered <= BriefTries)
                Thread.Yield();
            else
                Wait(wasHindered ? 1 : -1);
        }
    }

    /// <summary>Fills what nobody waits for. Whoever holds the last part when the component is changing its mappings goes on until that part is
    /// filled, too; the others end.</summary>
    private void FillRest(byte[] buffer)
    {
        try
        {
            FillNicely(buffer);
        }
        finally
        {
            // If something is missing still, the one that serves fills it.
            Interlocked.Decrement(ref _fillers);
            Wake();
        }
    }

    private void FillNicely(byte[] buffer)
    {
        const int OfThread = 0; // PRIO_PROCESS and 0: the calling thread. If it fails the component waits longer.
        _ = Libc.SetPriority(OfThread, 0, Math.Min(Libc.GetPriority(OfThread, 0) + Nicer, Nicest));
        int hindered = 0;
        while (!_ending && !IsComplete())
        {
            if (TryFillNext(buffer, out bool wasHindered))
            {
                hindered = 0;
                // Who was woken meanwhile would else wait until the turn is over, some milliseconds, however nice this thread is (EEVDF, Linux 6.6).
                Thread.Yield();
                continue;
            }

            if (!wasHindered)
                return;
            if (++hindered <= BriefTries)
                Thread.Yield();
            else
                Thread.Sleep(1);
        }
    }

    private bool IsComplete()
    {
        lock (_lock)
            return _runs && _missing.IsEmpty;
    }

    private void TakeMessages()
    {
        lock (_lock)
        {
            while (_descriptor.TryTake(out ulong? fault, out PageRun emptied, out PageRun alsoEmptied))
            {
                if (fault is { } address)
                    _faults.Enqueue(address & ~(PageMath.PageBytes - 1));
                _missing.Remove(emptied.Address, emptied.End);
                _missing.Remove(alsoEmptied.Address, alsoEmptied.End);
            }
        }
    }

    private bool TryServeFault(byte[] buffer, out bool wasHindered)
    {
        wasHindered = false;
        ulong address;
        PageRun run;
        bool isMissing;
        lock (_lock)
        {
            if (!_faults.TryPeek(out address))
                return false;
            isMissing = _missing.TryFind(address, WindowBytes, out run);
        }

        FillResult result = isMissing ? Fill(run, buffer) : Zero(address);
        wasHindered = result == FillResult.Changing;
        if (wasHindered)
            return false;
        lock (_lock)
        {
            _faults.Dequeue();
            // What follows is likely to be wanted next.
            if (isMissing)
                _cursor = run.End;
        }

        return true;
    }

    /// <summary>A page that was never recorded, or was dropped since.</summary>
    private FillResult Zero(ulong address)
    {
        lock (_lock)
        {
            if (_missing.Overlaps(address, address + PageMath.PageBytes))
                return FillResult.Changing;
            FillResult result = _descriptor.Zero(address);
            if (result is FillResult.Present or FillResult.Gone)
                _descriptor.Wake(address);
            return result;
        }
    }

    private bool TryFillNext(byte[] buffer, out bool wasHindered)
    {
        PageRun run;
        lock (_lock)
        {
            wasHindered = false;
            if (!TryClaim(out run))
                return false;
        }

        FillResult result = FillResult.Changing;
        bool isLast = false;
        try
        {
            result = Fill(run, buffer);
        }
        finally
        {
            lock (_lock)
            {
                _busy--;
                if (result == FillResult.Changing)
                    _cursor = Math.Min(_cursor, run.Address);
                isLast = _missing.IsEmpty;
            }

            // Who only serves has nothing else to learn from it.
            if (isLast || _ending || _fillers == 0)
                Wake();
        }

        wasHindered = result == FillResult.Changing;
        return !wasHindered;
    }

    /// <summary>Under the lock. What is claimed stays missing until it is filled, so the rest is looked at again only when
    /// nobody holds a claim.</summary>
    private bool TryClaim(out PageRun run)
    {
        if (!_missing.TryNext(_cursor, ChunkBytes, out run))
        {
            if (_busy > 0 || !_missing.TryNext(0, ChunkBytes, out run))
                return false;
        }

        _cursor = run.End;
        _busy++;
        return true;
    }

    /// <summary>Reads content and puts in place what of it is still missing by then.</summary>
    private FillResult Fill(PageRun run, byte[] buffer)
    {
        Span<byte> content = buffer.AsSpan(0, (int)run.LengthBytes);
        _source.Read(run.Address, content);
        lock (_lock)
        {
            while (_missing.Within(run.Address, run.End).FirstOrDefault() is { LengthBytes: > 0 } now)
            {
                FillResult result = Put(now, content.Slice((int)(now.Address - run.Address), (int)now.LengthBytes));
                if (result != FillResult.Done)
                    return result;
            }
        }

        return FillResult.Done;
    }

    /// <summary>Under the lock.</summary>
    private FillResult Put(PageRun run, ReadOnlySpan<byte> content)
    {
        FillResult result = _descriptor.Copy(run.Address, content, out ulong copied);
        // Where the component has cut a mapping in two the kernel refuses what lies in both.
        if (result == FillResult.Gone && content.Length > (int)PageMath.PageBytes)
            result = _descriptor.Copy(run.Address, content[..(int)PageMath.PageBytes], out copied);
        switch (result)
        {
            case FillResult.Done:
                _missing.Remove(run.Address, run.Address + copied);
                return FillResult.Done;
            case FillResult.Present:
            case FillResult.Gone:
                _missing.Remove(run.Address, run.Address + PageMath.PageBytes);
                _descriptor.Wake(run.Address);
                return FillResult.Done;
            case FillResult.Ended:
                _ending = true;
                return result;
            default:
                return result;
        }
    }

    /// <summary>Ends the process: killed first, so that nothing of it sees what follows.</summary>
    private void Fail(Exception failure)
    {
        _failure ??= failure;
        PidDescriptor.Signal(_process, Signals.Kill);
        lock (_lock)
        {
            // Calls of the kernel and of this node that wait for a page get an error.
            foreach (PageRun run in _missing.Within(0, PageMath.UserEnd))
                _descriptor.TryPoison(run.Address, run.End);
        }

        Dispose();
    }

    /// <summary>Until there is a message, or <see cref="Wake"/> is called, or so many milliseconds have passed.</summary>
    private void Wait(int milliseconds)
    {
        PollDescriptor* poll = stackalloc PollDescriptor[2];
        poll[0] = new PollDescriptor { Descriptor = _descriptor.Descriptor.Number, Events = 1 };
        poll[1] = new PollDescriptor { Descriptor = _wake.Number, Events = 1 };
        if (Libc.Poll(poll, 2, milliseconds) <= 0 || poll[1].ReturnedEvents == 0)
            return;
        ulong count;
        _ = Libc.Read(_wake, (byte*)&count, sizeof(ulong));
    }

    private void Wake()
    {
        ulong one = 1;
        try
        {
            _ = Libc.Write(_wake, (byte*)&one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // All threads have ended.
        }
    }

    private void GiveBack()
    {
        _descriptor.Dispose();
        _hold.Dispose();
        _process.Dispose();
        _wake.Dispose();
    }
}
