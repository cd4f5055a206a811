using Drover.Linux.Native;
using Drover.Linux.Processes;
using Drover.Linux.Seccomp;

namespace Drover.Linux.Waits;

/// <summary>
/// The waits with a relative timeout of one process. When a thread is stopped in one, nobody but the kernel knows how long it has been
/// waiting, and for some calls (epoll_wait, rt_sigtimedwait) not even the kernel when it goes on. So the filter traps them, they are
/// noted here and then carried out by the kernel. A wait that begins anew, in this process or in a new one, is cut off when
/// its time is over. Thread-safe.
/// </summary>
/// <param name="cut">Called when a wait's time is over that the kernel thinks is not, with the thread's id on this node.</param>
internal sealed class TimedWaits(Action<int, NotedWait> cut) : IDisposable
{
    private const long RestartSystem = -512; // the call was interrupted before the kernel began with it

    /// <summary>What a system timer takes; nothing waits for longer.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(45);

    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<int, NotedWait> _waits = []; // guarded by _lock; by thread id on this node

    /// <summary>Notes a trapped call. Null if it is none of those: it is to be served.</summary>
    public NotedWait? Note(in SeccompNotification call, ReadMemory read)
    {
        if (!TimedWait.IsOne(call.Data.Number))
            return null;
        TimedWait wait = TimedWait.Of(call.Data);
        long now = ClockOffsets.NodeMonotonic;
        NotedWait noted;
        lock (_lock)
        {
            bool isSame = _waits.TryGetValue(call.ThreadId, out NotedWait? known) && known.IsIssuedAgain && known.Wait == wait;
            noted = new NotedWait(wait, isSame ? known!.BeganNanoseconds : now);
            _waits[call.ThreadId] = noted;
            if (!isSame)
                return noted;
        }

        if (wait.TimeoutNanoseconds(read) is { } timeout)
            CutLater(call.ThreadId, noted, noted.BeganNanoseconds + timeout - now);
        return noted;
    }

    /// <summary>Recalls a wait of a rebuilt thread, which has not run yet.</summary>
    public void Recall(int threadId, TimedWait wait, long beganNanoseconds)
    {
        lock (_lock)
            _waits[threadId] = new NotedWait(wait, beganNanoseconds) { IsIssuedAgain = true };
    }

    /// <summary>The wait that a stopped thread is in, if it is one that was noted.</summary>
    public NotedWait? Find(int threadId, in UserRegisters registers)
    {
        lock (_lock)
        {
            return _waits.TryGetValue(threadId, out NotedWait? noted)
                && registers.OriginalRax is var call && (call == (ulong)noted.Wait.Call || call == SystemCall.RestartCall)
                && TimedWait.Of(noted.Wait.Call, registers) == noted.Wait
                && !IsNewCall(noted, registers)
                ? noted
                : null;
        }
    }

    /// <summary>True if the thread was about to make the same call another time: that one is over, and this one not noted yet.</summary>
    private static bool IsNewCall(NotedWait noted, in UserRegisters registers) =>
        (long)registers.Rax == RestartSystem && noted.HasBegun && !noted.IsIssuedAgain;

    /// <summary>To be told of each thread that is stopped: if it will make its call once more, that is the same wait.</summary>
    public void NoteStop(StoppedThread thread)
    {
        UserRegisters registers = thread.Registers;
        bool again = thread.WasCutShort || ((long)registers.Rax == RestartSystem && TimedWait.IsOne((long)registers.OriginalRax));
        if (!again || Find(thread.Tracee.ThreadId, registers) is not { } noted)
            return;
        lock (_lock)
            noted.IsIssuedAgain = true;
    }

    /// <summary>True if the thread has begun no other wait since.</summary>
    public bool IsCurrent(int threadId, NotedWait noted)
    {
        lock (_lock)
            return _waits.TryGetValue(threadId, out NotedWait? now) && ReferenceEquals(now, noted) && !noted.IsIssuedAgain;
    }

    public void Forget(int threadId)
    {
        lock (_lock)
            _waits.Remove(threadId);
    }

    /// <summary>Has the wait cut off after a time, unless all of this is disposed of before.</summary>
    public void CutLater(int threadId, NotedWait noted, long nanoseconds)
    {
        TimeSpan left = TimeSpan.FromTicks(Math.Max(0, nanoseconds) / TimeSpan.NanosecondsPerTick);
        if (left > s_longest)
            return;
        // Whole milliseconds: rounded up, for no wait may end early.
        left = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        _ = Task.Delay(left, _disposed.Token).ContinueWith(
            _ => cut(threadId, noted), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    public void Dispose() => _disposed.Cancel();
}
