namespace Drover.Platform.Faults;

/// <summary>A step failed because it was asked to.</summary>
public sealed class InjectedFaultException(FaultPoint point) : Exception($"the step {FaultPointNames.Of(point)} was made to fail, as asked for")
{
    public FaultPoint Point { get; } = point;
}
