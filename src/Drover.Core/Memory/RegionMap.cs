using System.Diagnostics.CodeAnalysis;
using Drover.Contracts;
using Drover.Contracts.Abi;
using Drover.Contracts.Sessions;
using Drover.Core.Quotas;

namespace Drover.Core.Memory;

/// <summary>
/// Which dataspaces are to be at which addresses of a component. What really is mapped is the kernel's to say; a
/// checkpoint compares both. Each attachment costs one capability. Guarded by the kernel's lock.
/// </summary>
internal sealed class RegionMap(ProtectionDomain domain, QuotaLedger capabilities)
{
    internal const ulong PageBytes = 4096;

    /// <summary>The stub's page, and everything below it.</summary>
    private const ulong LowestAddress = 0x10000 + PageBytes;

    /// <summary>End of user memory with four-level page tables.</summary>
    private const ulong EndAddress = 0x7fff_ffff_f000;

    private readonly List<Attachment> _byAddress = [];
    private readonly Dictionary<uint, Attachment> _byId = [];

    public IReadOnlyList<Attachment> Attachments => _byAddress;

    /// <summary>The number that was given last.</summary>
    public uint LastId { get; private set; }

    public Attempt<uint, AttachError> Attach(
        Dataspace dataspace, ulong offsetBytes, ulong lengthBytes, ulong address, AttachRights rights)
    {
        if (Refuse(dataspace, offsetBytes, lengthBytes, address, rights) is { } refused)
            return refused;
        if (!capabilities.TryCharge(1))
            return AttachError.OutOfCapabilities;
        do
            LastId++;
        while (LastId == 0 || _byId.ContainsKey(LastId));
        Add(new Attachment(LastId, dataspace, offsetBytes, lengthBytes, address, rights));
        return LastId;
    }

    /// <summary>Brings a recorded attachment back under its number.</summary>
    public Attempt<Unit, AttachError> Restore(Attachment recorded, uint lastId)
    {
        if (Refuse(recorded.Dataspace, recorded.OffsetBytes, recorded.LengthBytes, recorded.Address, recorded.Rights) is { } refused)
            return refused;
        if (recorded.Id == 0 || _byId.ContainsKey(recorded.Id))
            return AttachError.Occupied;
        if (!capabilities.TryCharge(1))
            return AttachError.OutOfCapabilities;
        LastId = lastId;
        Add(recorded);
        return Unit.Value;
    }

    public Attempt<Unit, AttachError> Detach(ulong address)
    {
        int index = IndexAt(address);
        if (index < 0)
            return AttachError.InvalidRange;
        RemoveAt(index);
        return Unit.Value;
    }

    public void DetachAll(Dataspace dataspace)
    {
        for (int i = _byAddress.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(_byAddress[i].Dataspace, dataspace))
                RemoveAt(i);
        }
    }

    public bool TryFind(uint id, [NotNullWhen(true)] out Attachment? attachment) => _byId.TryGetValue(id, out attachment);

    public void Clear()
    {
        capabilities.Refund((ulong)_byAddress.Count);
        _byAddress.Clear();
        _byId.Clear();
    }

    private AttachError? Refuse(Dataspace dataspace, ulong offsetBytes, ulong lengthBytes, ulong address, AttachRights rights)
    {
        if (!dataspace.IsAlive || (dataspace.BoundTo is { } bound && !ReferenceEquals(bound, domain)))
            return AttachError.WrongKind;
        if (((offsetBytes | lengthBytes | address) & (PageBytes - 1)) != 0 || lengthBytes == 0)
            return AttachError.InvalidRange;
        if (rights is not (AttachRights.Read or (AttachRights.Read | AttachRights.Write)))
            return AttachError.InvalidRange;
        // Each comparison subtracts from what is known to be larger, so nothing can wrap around.
        if (lengthBytes > dataspace.LengthBytes || offsetBytes > dataspace.LengthBytes - lengthBytes)
            return AttachError.InvalidRange;
        if (address < LowestAddress || address >= EndAddress || lengthBytes > EndAddress - address)
            return AttachError.InvalidRange;
        if (rights.HasFlag(AttachRights.Write) && !dataspace.IsWritable)
            return AttachError.ReadOnly;
        return Overlaps(address, address + lengthBytes) ? AttachError.Occupied : null;
    }

    private bool Overlaps(ulong start, ulong end)
    {
        if (start < UtcbLayout.AreaAddress + UtcbLayout.AreaBytes && UtcbLayout.AreaAddress < end)
            return true;
        int next = FirstAbove(start);
        return (next < _byAddress.Count && _byAddress[next].Address < end)
            || (next > 0 && _byAddress[next - 1].End > start);
    }

    /// <summary>Index of the first attachment whose address is greater.</summary>
    private int FirstAbove(ulong address)
    {
        int low = 0;
        int high = _byAddress.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_byAddress[middle].Address <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private int IndexAt(ulong address)
    {
        int index = FirstAbove(address) - 1;
        return index >= 0 && _byAddress[index].Address == address ? index : -1;
    }

    private void Add(Attachment attachment)
    {
        _byAddress.Insert(FirstAbove(attachment.Address), attachment);
        _byId.Add(attachment.Id, attachment);
    }

    private void RemoveAt(int index)
    {
        _byId.Remove(_byAddress[index].Id);
        _byAddress.RemoveAt(index);
        capabilities.Refund(1);
    }
}
