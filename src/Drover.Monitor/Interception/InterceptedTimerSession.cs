using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Services;
using Drover.Core.Signals;

namespace Drover.Monitor.Interception;

internal sealed class InterceptedTimerSession(SessionCreation creation, TimerSession inner)
    : InterceptedSession(creation), ITimerSession
{
    /// <summary>What is armed, and how long until it expires.</summary>
    public TimerState State => inner.Describe();

    /// <summary>Where expiries go.</summary>
    public SignalContext? Handler => inner.Handler;

    /// <summary>Keeps expiries back, so that timer and domain are described as of one moment.</summary>
    public void HoldBack() => inner.HoldBack();

    public void LetGo() => inner.LetGo();

    /// <summary>Starts the clock of a session that was rebuilt; its component's clocks have run that long before.</summary>
    public void Resume(TimeSpan ahead) => inner.Resume(ahead);

    public void SetHandler(Capability<ISignalContext> context) => inner.SetHandler(context);

    public void TriggerOnce(ulong microseconds) => inner.TriggerOnce(microseconds);

    public void TriggerPeriodic(ulong microseconds) => inner.TriggerPeriodic(microseconds);

    public ulong ElapsedMicroseconds() => inner.ElapsedMicroseconds();

    protected override void Close() => inner.Dispose();
}
