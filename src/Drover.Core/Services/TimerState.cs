namespace Drover.Core.Services;

/// <summary>A timer at one moment.</summary>
/// <param name="Elapsed">Since the session was opened.</param>
/// <param name="Period">Zero for a one-shot.</param>
/// <param name="Remaining">Until the next expiry; negative if it is due and was not submitted yet; null if the timer is not armed.</param>
public readonly record struct TimerState(TimeSpan Elapsed, TimeSpan Period, TimeSpan? Remaining);
