using Drover.Contracts.Rpc;

namespace Drover.Contracts.Sessions;

/// <summary>Service "Timer": one timer a session.</summary>
[RpcInterface]
public interface ITimerSession
{
    /// <summary>Where expiries are submitted.</summary>
    void SetHandler(Capability<ISignalContext> context);

    /// <summary>One expiry, that many microseconds from now; replaces what was armed.</summary>
    void TriggerOnce(ulong microseconds);

    /// <summary>An expiry every so many microseconds; 0 disarms.</summary>
    void TriggerPeriodic(ulong microseconds);

    /// <summary>Microseconds since the session was opened; goes on across a restore.</summary>
    ulong ElapsedMicroseconds();
}
