namespace Drover.Node.Operations;

/// <summary>What core knows of the object behind a capability, apart from its kind and label. Only what belongs to the
/// object's kind is set.</summary>
public sealed record HeldObjectInfo
{
    /// <summary>Of a gate of the component's own: the entrypoint whose threads serve it.</summary>
    public uint? Entrypoint { get; init; }

    /// <summary>Of a dataspace or region map.</summary>
    public ulong? LengthBytes { get; init; }

    /// <summary>Of a dataspace that nobody can write.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary>Of a signal context: submits that nobody has taken yet.</summary>
    public ulong? PendingSignals { get; init; }

    /// <summary>Of a timer session that is armed: milliseconds until it expires.</summary>
    public double? TimerRemainingMs { get; init; }

    /// <summary>Of a timer session that expires again and again: milliseconds between expiries.</summary>
    public double? TimerPeriodMs { get; init; }
}
