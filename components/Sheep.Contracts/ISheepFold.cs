using Drover.Contracts.Rpc;

namespace Sheep.Contracts;

/// <summary>Service "Sheep": who counts the sheep.</summary>
[RpcInterface]
public interface ISheepFold
{
    /// <summary>Sheep counted so far.</summary>
    ulong Count();

    /// <summary>The counter's state in a sentence.</summary>
    string Describe();

    /// <summary>Brings a sheep of the caller's; the fold calls it and keeps it. Gives how many were brought so far.</summary>
    uint Bring(Capability<ISheep> sheep);

    /// <summary>One of the fold's own sheep, or one that was brought; null if there is none of that number.</summary>
    Capability<ISheep>? Fetch(uint number);

    /// <summary>Capabilities that the fold holds, by its map and by its owners.</summary>
    FoldInventory Inventory();
}

/// <summary>A sheep: an object of its own.</summary>
[RpcInterface]
public interface ISheep
{
    string Name();

    /// <summary>Says how often it was asked, this time included.</summary>
    uint Bleat();
}

/// <param name="Selectors">Capabilities in the map.</param>
/// <param name="RecordedOwners">Their owners, according to the map.</param>
/// <param name="OpenOwners">Owners that are open, according to themselves.</param>
/// <param name="SheepCalled">Capabilities in the fold's collections, each of which was called just now.</param>
public readonly record struct FoldInventory(ulong Selectors, ulong RecordedOwners, ulong OpenOwners, ulong SheepCalled);
