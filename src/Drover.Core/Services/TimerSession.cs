using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Signals;

namespace Drover.Core.Services;

/// <summary>
/// One timer. Expiries are counted against the time that should have been, so a periodic timer keeps its phase however
/// late the node, and however overdue a recorded expiry, is. A restored session stands still until <see cref="Resume"/>. Never blocks; to be served inline.
/// </summary>
public sealed class TimerSession : ITimerSession, IDisposable
{
    /// <summary>The node is woken no more often than that; shorter periods give counts greater than one.</summary>
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    /// <summary>Stands for every longer time, so that no sum overflows.</summary>
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(36500);

    /// <summary>What a system timer takes; a longer wait is slept in parts.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private SignalContext? _handler; // guarded by _lock
    private TimeSpan _elapsedBefore; // guarded by _lock
    private long? _startedAt; // guarded by _lock; null while it stands still
    private int _holds; // guarded by _lock
    private TimeSpan _period; // guarded by _lock
    private TimeSpan? _dueAt; // guarded by _lock; on the session's own clock

    public TimerSession(TimeProvider time)
        : this(time, default, null)
    {
        Resume();
    }

    /// <summary>Takes over a recorded state.</summary>
    public TimerSession(TimeProvider time, TimerState state, SignalContext? handler)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _handler = handler;
        _elapsedBefore = Limited(state.Elapsed, TimeSpan.Zero);
        _period = Limited(state.Period, TimeSpan.Zero);
        _dueAt = state.Remaining is { } remaining ? _elapsedBefore + Limited(remaining, -LongestTime) : null;
        _timer = time.CreateTimer(static session => ((TimerSession)session!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Where expiries are submitted, if that was set.</summary>
    public SignalContext? Handler
    {
        get
        {
            lock (_lock)
                return _handler;
        }
    }

    public TimerState Describe()
    {
        lock (_lock)
        {
            TimeSpan now = Now();
            return new TimerState(now, _period, _dueAt - now);
        }
    }

    /// <summary>Lets time pass but submits nothing until as many <see cref="LetGo"/>. Between them, this session and the
    /// domain of its handler are described as of one moment: no expiry is in both, and none in neither.</summary>
    public void HoldBack()
    {
        lock (_lock)
        {
            _holds++;
            Arm();
        }
    }

    /// <summary>Submits again, what fell due meanwhile first.</summary>
    public void LetGo()
    {
        lock (_lock)
        {
            _holds--;
            Arm();
        }
    }

    /// <summary>Starts a restored session's clock.</summary>
    /// <param name="ahead">How long the clocks of its component have been running before.</param>
    public void Resume(TimeSpan ahead = default)
    {
        lock (_lock)
        {
            if (_startedAt is null)
            {
                _startedAt = _time.GetTimestamp();
                _elapsedBefore += Limited(ahead, TimeSpan.Zero);
            }

            Arm();
        }
    }

    public void SetHandler(Capability<ISignalContext> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var handler = CapabilityArguments.ObjectAs<SignalContext>(context.Owner);
        lock (_lock)
            _handler = handler;
    }

    public void TriggerOnce(ulong microseconds) => Trigger(FromMicroseconds(microseconds), TimeSpan.Zero);

    public void TriggerPeriodic(ulong microseconds)
    {
        TimeSpan period = FromMicroseconds(microseconds);
        Trigger(period == TimeSpan.Zero ? null : period, period);
    }

    public ulong ElapsedMicroseconds()
    {
        lock (_lock)
            return (ulong)(Now().Ticks / TimeSpan.TicksPerMicrosecond);
    }

    public void Dispose() => _timer.Dispose();

    private static TimeSpan FromMicroseconds(ulong microseconds)
    {
        var longest = (ulong)(LongestTime.Ticks / TimeSpan.TicksPerMicrosecond);
        return TimeSpan.FromTicks((long)Math.Min(microseconds, longest) * TimeSpan.TicksPerMicrosecond);
    }

    private static TimeSpan Limited(TimeSpan recorded, TimeSpan least) =>
        recorded < least ? least : recorded > LongestTime ? LongestTime : recorded;

    private void Trigger(TimeSpan? after, TimeSpan period)
    {
        lock (_lock)
        {
            _period = period;
            _dueAt = after is { } wait ? Now() + wait : null;
            Arm();
        }
    }

    private void Expire()
    {
        lock (_lock)
        {
            if (_holds > 0)
                return;
            uint count = TakeExpiries();
            Arm();
            // Under the lock, so that whoever holds the session back knows that nothing is on its way.
            if (count > 0)
                _handler?.Submit(count);
        }
    }

    // Under _lock. A call that comes before its time (the timer was set anew meanwhile) takes nothing.
    private uint TakeExpiries()
    {
        TimeSpan now = Now();
        if (_dueAt is not { } due || due > now)
            return 0;
        if (_period == TimeSpan.Zero)
        {
            _dueAt = null;
            return 1;
        }

        long count = ((now - due).Ticks / _period.Ticks) + 1;
        _dueAt = due + TimeSpan.FromTicks(count * _period.Ticks);
        return (uint)Math.Min(count, uint.MaxValue);
    }

    // Under _lock.
    private void Arm()
    {
        TimeSpan sleep = Timeout.InfiniteTimeSpan;
        if (_startedAt is not null && _holds == 0 && _dueAt is { } due)
        {
            TimeSpan wait = due - Now();
            sleep = wait < ShortestSleep ? ShortestSleep : wait > LongestSleep ? LongestSleep : RoundedUp(wait);
        }

        _timer.Change(sleep, Timeout.InfiniteTimeSpan);
    }

    /// <summary>System timers count whole milliseconds; rounding down would wake the node too early, to no use.</summary>
    private static TimeSpan RoundedUp(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));

    // Under _lock.
    private TimeSpan Now() =>
        _elapsedBefore + (_startedAt is { } started ? _time.GetElapsedTime(started) : TimeSpan.Zero);
}
