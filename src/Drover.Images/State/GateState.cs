namespace Drover.Images.State;

/// <summary>A gate of the component's own.</summary>
public sealed record GateState
{
    /// <summary>The number that the component gave the gate: its slot in the object pool.</summary>
    public required ulong Label { get; init; }

    /// <summary>The entrypoint whose threads serve it; a number of the component's choosing below 64.</summary>
    public required uint Entrypoint { get; init; }
}
