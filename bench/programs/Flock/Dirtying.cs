using System.Diagnostics;

namespace Flock;

/// <summary>Writes a part of the memory whenever its time has come.</summary>
internal sealed class Dirtying
{
    private readonly PageMemory _memory;
    private readonly ulong _pages;
    private readonly long _everyTicks;
    private long _next;

    public Dirtying(PageMemory memory, double percent, TimeSpan every)
    {
        _memory = memory;
        _pages = (ulong)Math.Ceiling(memory.Pages * percent / 100);
        _everyTicks = (long)(every.TotalSeconds * Stopwatch.Frequency);
        _next = Stopwatch.GetTimestamp() + _everyTicks;
    }

    public void Now() => _memory.Dirty(_pages);

    /// <summary>Writes if it is time to. What was missed is not made up for.</summary>
    public void IfDue()
    {
        long now = Stopwatch.GetTimestamp();
        if (now < _next)
            return;
        Now();
        _next = Math.Max(_next + _everyTicks, now);
    }

    /// <summary>Until the next time.</summary>
    public TimeSpan Remaining()
    {
        long now = Stopwatch.GetTimestamp();
        long remaining = _next - now;
        _next = Math.Max(_next, now) + _everyTicks;
        return remaining > 0 ? TimeSpan.FromSeconds((double)remaining / Stopwatch.Frequency) : TimeSpan.Zero;
    }
}
