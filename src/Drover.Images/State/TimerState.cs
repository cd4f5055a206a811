namespace Drover.Images.State;

/// <summary>The timer of a timer session at the stop.</summary>
public sealed record TimerState
{
    /// <summary>Nanoseconds since the session was opened.</summary>
    public required ulong ElapsedNanoseconds { get; init; }

    /// <summary>Nanoseconds until the next expiry, or null if the timer is not armed.</summary>
    public ulong? RemainingNanoseconds { get; init; }

    /// <summary>Nanoseconds by which the next expiry was due before the stop and had not been submitted; the phase of a
    /// periodic timer counts from there. Null if none was; else nothing remains.</summary>
    public ulong? OverdueNanoseconds { get; init; }

    /// <summary>Nanoseconds between expiries, or 0 for a single one.</summary>
    public ulong PeriodNanoseconds { get; init; }

    /// <summary>The signal context that expiries are submitted to, or null.</summary>
    public ObjectId? Handler { get; init; }
}
