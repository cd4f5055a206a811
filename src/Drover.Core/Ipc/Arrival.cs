using Drover.Contracts.Abi;

namespace Drover.Core.Ipc;

/// <summary>
/// What core last wrote into a thread's UTCB that is valid on this node only: badges, and where they stand. Core's own
/// record; the UTCB itself may have been changed by the component. Guarded by the kernel's lock.
/// </summary>
internal sealed class Arrival
{
    private readonly uint[] _selectors = new uint[UtcbLayout.MaxCapabilities];
    private readonly ulong[] _badges = new ulong[UtcbLayout.MaxCapabilities];

    /// <summary>The badge of the invoked gate, or 0.</summary>
    public ulong GateBadge { get; private set; }

    public int Count { get; private set; }

    public uint SelectorAt(int index) => _selectors[index];

    public ulong BadgeAt(int index) => _badges[index];

    public void Begin(ulong gateBadge)
    {
        GateBadge = gateBadge;
        Count = 0;
    }

    public void Add(uint selector, ulong badge)
    {
        _selectors[Count] = selector;
        _badges[Count] = badge;
        Count++;
    }
}
