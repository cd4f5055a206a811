namespace Drover.Cli.Pictures.Model;

/// <summary>What became of a selector between two pictures of a component.</summary>
internal enum CapabilityChange
{
    /// <summary>The corresponding object, under another badge: what a restore does.</summary>
    NewBadge,

    /// <summary>The same object.</summary>
    SameBadge,

    /// <summary>Its object is gone; the slot is still taken.</summary>
    BecameVoid,

    /// <summary>It led nowhere before, and leads nowhere now.</summary>
    StaysVoid,

    /// <summary>The slot leads to an object of another kind or label.</summary>
    OtherObject,

    /// <summary>The slot was taken and is free.</summary>
    Gone,

    /// <summary>The slot was free and is taken.</summary>
    Appeared,
}
