namespace Drover.Core.Capabilities;

/// <summary>What became of putting a capability into a chosen slot.</summary>
public enum InstallOutcome
{
    Installed = 0,

    /// <summary>No such slot, or no delivery.</summary>
    OutOfRange = 1,

    /// <summary>The slot holds another capability.</summary>
    Occupied = 2,

    /// <summary>The domain holds the capability in another slot.</summary>
    HeldElsewhere = 3,

    OutOfCapabilities = 4,

    /// <summary>The object may be held by its own domain only.</summary>
    NotDelegable = 5,

    /// <summary>The domain has ended.</summary>
    DomainEnded = 6,
}
