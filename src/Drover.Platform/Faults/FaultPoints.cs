namespace Drover.Platform.Faults;

/// <summary>
/// Makes a step fail on purpose, to see that nothing is left behind and the component runs on. With no point armed, reaching
/// one costs a comparison. Thread-safe.
/// </summary>
public sealed class FaultPoints
{
    private const int Disarmed = -1;

    private int _armed = Disarmed;

    /// <summary>The next time that the point is reached, the step fails; once. Replaces what was armed.</summary>
    public void Arm(FaultPoint point) => Volatile.Write(ref _armed, (int)point);

    /// <summary>Nothing fails any more.</summary>
    public void Disarm() => Volatile.Write(ref _armed, Disarmed);

    /// <summary>Stands just before a step.</summary>
    /// <exception cref="InjectedFaultException">The step is to fail.</exception>
    public void Reach(FaultPoint point)
    {
        if (Volatile.Read(ref _armed) == (int)point && Interlocked.CompareExchange(ref _armed, Disarmed, (int)point) == (int)point)
            throw new InjectedFaultException(point);
    }
}
