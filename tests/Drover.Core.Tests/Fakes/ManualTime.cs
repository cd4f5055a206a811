namespace Drover.Core.Tests.Fakes;

/// <summary>A clock that a test moves on; timers expire while it is moved.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        TimeSpan end = _now + by;
        while (_timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due) is { Due: { } due } next)
        {
            _now = due;
            next.Due = null;
            next.Expire();
        }

        _now = end;
    }

    private sealed class ManualTimer(ManualTime time, Action expire) : ITimer
    {
        public TimeSpan? Due { get; set; }

        public Action Expire { get; } = expire;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
            return true;
        }

        public void Dispose() => Due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
