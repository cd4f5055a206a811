namespace Drover.Linux.Waits;

/// <summary>A wait and when it began, on the machine's CLOCK_MONOTONIC.</summary>
internal sealed class NotedWait(TimedWait wait, long beganNanoseconds)
{
    private volatile bool _hasBegun;

    public TimedWait Wait { get; } = wait;

    public long BeganNanoseconds { get; } = beganNanoseconds;

    /// <summary>True if the thread will make the call once more, and that will be the same wait. Guarded by the lock of <see cref="TimedWaits"/>.</summary>
    public bool IsIssuedAgain { get; set; }

    /// <summary>True once the kernel carries it out, and it may be over.</summary>
    public bool HasBegun
    {
        get => _hasBegun;
        set => _hasBegun = value;
    }
}
