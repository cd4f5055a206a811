using Drover.Component.Sessions;
using Drover.Contracts.Sessions;

namespace Drover.Component.Signals;

/// <summary>A timer of the node. Its phase and what is left until it expires survive a restore.</summary>
public sealed class SessionTimer : IDisposable
{
    private readonly Session<ITimerSession> _session;
    private readonly SignalHandler _handler;

    internal SessionTimer(Session<ITimerSession> session, SignalHandler handler)
    {
        _session = session;
        _handler = handler;
        session.Client.SetHandler(handler.Context);
    }

    /// <summary>Since the timer was made; goes on across a restore.</summary>
    public TimeSpan Elapsed => TimeSpan.FromMicroseconds(_session.Client.ElapsedMicroseconds());

    /// <summary>Expires once; replaces what was armed.</summary>
    public void TriggerOnce(TimeSpan delay) => _session.Client.TriggerOnce(Microseconds(delay));

    /// <summary>Expires at regular intervals; replaces what was armed.</summary>
    public void TriggerPeriodic(TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        _session.Client.TriggerPeriodic(Math.Max(1, Microseconds(interval)));
    }

    /// <summary>Disarms it.</summary>
    public void Stop() => _session.Client.TriggerPeriodic(0);

    public void Dispose()
    {
        _session.Dispose();
        _handler.Dispose();
    }

    private static ulong Microseconds(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return (ulong)(time.Ticks / TimeSpan.TicksPerMicrosecond);
    }
}
