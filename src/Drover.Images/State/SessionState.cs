namespace Drover.Images.State;

/// <summary>A session of the component, as its monitor recorded it.</summary>
public sealed record SessionState
{
    public required string Service { get; init; }

    /// <summary>What it was opened with.</summary>
    public required string Arguments { get; init; }

    public string Label { get; init; } = "";

    /// <summary>The object that is the session.</summary>
    public required ObjectId Capability { get; init; }

    /// <summary>Sum of the upgrades.</summary>
    public ulong RamUpgradeBytes { get; init; }

    /// <summary>Sum of the upgrades.</summary>
    public ulong CapabilityUpgrade { get; init; }

    /// <summary>What else the service needs to open it again.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();
}
