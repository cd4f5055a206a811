namespace Drover.Platform.Faults;

/// <summary>
/// Makes a step fail on purpose, to see that nothing is left behind and the component runs on. With no point armed, reaching
/// one costs a comparison. Thread-safe.
/// </summary>
public sealed class FaultPoints
{
    private Armed? _armed;

    /// <summary>The next time that the point is reached, the step fails; once. Replaces what was armed.</summary>
    public void Arm(FaultPoint point) => Arm(point, () => throw new InjectedFaultException(point));

    /// <summary>The next time that the point is reached, something happens just before the step; once. Replaces what was armed.</summary>
    public void Arm(FaultPoint point, Action before) => Volatile.Write(ref _armed, new Armed(point, before));

    /// <summary>Nothing fails any more.</summary>
    public void Disarm() => Volatile.Write(ref _armed, null);

    /// <summary>Stands just before a step.</summary>
    /// <exception cref="InjectedFaultException">The step is to fail.</exception>
    public void Reach(FaultPoint point)
    {
        if (Volatile.Read(ref _armed) is { } armed && armed.Point == point && Interlocked.CompareExchange(ref _armed, null, armed) == armed)
            armed.Before();
    }

    private sealed class Armed(FaultPoint point, Action before)
    {
        public FaultPoint Point => point;

        public Action Before => before;
    }
}
