using System.Diagnostics.CodeAnalysis;
using Drover.Contracts;
using Drover.Contracts.Abi;
using Drover.Contracts.Sessions;
using Drover.Core.Quotas;

namespace Drover.Core.Memory;

/// <summary>
/// Which dataspaces are to be at which addresses of a component, or at which offsets of a region map that is used as a
/// dataspace. What really is mapped is the kernel's to say; a checkpoint compares both. Each attachment costs one
/// capability. Guarded by the kernel's lock.
/// </summary>
internal sealed class RegionMap
{
    internal const ulong PageBytes = 4096;

    /// <summary>Region maps within region maps, the address space not counted.</summary>
    internal const int MaximumNesting = 8;

    /// <summary>The stub's pages, and everything below them.</summary>
    private const ulong LowestAddress = 0x10000 + (17 * PageBytes);

    /// <summary>End of user memory with four-level page tables.</summary>
    private const ulong EndAddress = 0x7fff_ffff_f000;

    private readonly QuotaLedger _capabilities;
    private readonly AttachmentNumbers _numbers;
    private readonly ulong _start;
    private readonly ulong _end;
    private readonly List<Attachment> _byAddress = [];
    private readonly Dictionary<uint, Attachment> _byId = [];

    /// <summary>The address space of a domain.</summary>
    public RegionMap(ProtectionDomain domain, QuotaLedger capabilities, AttachmentNumbers numbers)
    {
        Domain = domain;
        _capabilities = capabilities;
        _numbers = numbers;
        _start = LowestAddress;
        _end = EndAddress;
    }

    /// <summary>What a region map of the domain's contains.</summary>
    public RegionMap(RegionMapObject managed, ulong lengthBytes, QuotaLedger capabilities, AttachmentNumbers numbers)
    {
        Domain = managed.Owner!;
        Managed = managed;
        _capabilities = capabilities;
        _numbers = numbers;
        _end = lengthBytes;
    }

    /// <summary>Whose address space it is, or who owns the region map.</summary>
    public ProtectionDomain Domain { get; }

    /// <summary>Null for an address space.</summary>
    public RegionMapObject? Managed { get; }

    /// <summary>Ascending by address.</summary>
    public IReadOnlyList<Attachment> Attachments => _byAddress;

    public Attempt<uint, AttachError> Attach(
        Attachable dataspace, ulong offsetBytes, ulong lengthBytes, ulong address, AttachRights rights)
    {
        if (Refuse(dataspace, offsetBytes, lengthBytes, address, rights) is { } refused)
            return refused;
        if (!_capabilities.TryCharge(1))
            return AttachError.OutOfCapabilities;
        Attachment attachment = new(_numbers.Take(), dataspace, offsetBytes, lengthBytes, address, rights);
        Add(attachment);
        return attachment.Id;
    }

    /// <summary>Brings a recorded attachment back under its number.</summary>
    public Attempt<Unit, AttachError> Restore(Attachment recorded)
    {
        if (Refuse(recorded.Dataspace, recorded.OffsetBytes, recorded.LengthBytes, recorded.Address, recorded.Rights) is { } refused)
            return refused;
        if (!_capabilities.TryCharge(1))
            return AttachError.OutOfCapabilities;
        if (!_numbers.TryTake(recorded.Id))
        {
            _capabilities.Refund(1);
            return AttachError.Occupied;
        }

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

    public void DetachAll(Attachable dataspace)
    {
        for (int i = _byAddress.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(_byAddress[i].Dataspace, dataspace))
                RemoveAt(i);
        }
    }

    public void Clear()
    {
        for (int i = _byAddress.Count - 1; i >= 0; i--)
            RemoveAt(i);
    }

    public bool TryFind(uint id, [NotNullWhen(true)] out Attachment? attachment) => _byId.TryGetValue(id, out attachment);

    /// <summary>What is attached at that very place; null for a hole.</summary>
    public Attachment? Covering(ulong address)
    {
        int index = FirstAbove(address) - 1;
        return index >= 0 && address < _byAddress[index].End ? _byAddress[index] : null;
    }

    /// <summary>Tells every address space in which this map is seen that it is another one now.</summary>
    public void Changed()
    {
        foreach (ProtectionDomain domain in AddressSpaces())
            domain.MappingsChanged();
    }

    /// <summary>The domains in whose address space the map is seen, each once.</summary>
    public IReadOnlyCollection<ProtectionDomain> AddressSpaces()
    {
        HashSet<ProtectionDomain> found = [];
        CollectAddressSpaces(found, []);
        return found;
    }

    private void CollectAddressSpaces(HashSet<ProtectionDomain> found, HashSet<RegionMap> seen)
    {
        if (Managed is null)
        {
            found.Add(Domain);
            return;
        }

        if (!seen.Add(this))
            return;
        foreach (RegionMap user in Managed.Dataspace.Users)
            user.CollectAddressSpaces(found, seen);
    }

    private AttachError? Refuse(Attachable dataspace, ulong offsetBytes, ulong lengthBytes, ulong address, AttachRights rights)
    {
        // Memory that only its own domain may have can be in that domain's address space only.
        if (!dataspace.IsAlive || (dataspace.BoundTo is { } bound && (Managed is not null || !ReferenceEquals(bound, Domain))))
            return AttachError.WrongKind;
        if (((offsetBytes | lengthBytes | address) & (PageBytes - 1)) != 0 || lengthBytes == 0)
            return AttachError.InvalidRange;
        if (rights is not (AttachRights.Read or (AttachRights.Read | AttachRights.Write)))
            return AttachError.InvalidRange;
        // Each comparison subtracts from what is known to be larger, so nothing can wrap around.
        if (lengthBytes > dataspace.LengthBytes || offsetBytes > dataspace.LengthBytes - lengthBytes)
            return AttachError.InvalidRange;
        if (address < _start || address >= _end || lengthBytes > _end - address)
            return AttachError.InvalidRange;
        if (rights.HasFlag(AttachRights.Write) && !dataspace.IsWritable)
            return AttachError.ReadOnly;
        if (Overlaps(address, address + lengthBytes))
            return AttachError.Occupied;
        return dataspace is ManagedDataspace inner && !Nesting.Allows(this, inner.Map) ? AttachError.Nesting : null;
    }

    private bool Overlaps(ulong start, ulong end)
    {
        if (Managed is null && start < UtcbLayout.AreaAddress + UtcbLayout.AreaBytes && UtcbLayout.AreaAddress < end)
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
        attachment.Dataspace.AddUser(this);
        Managed?.Faults.Resolve(attachment.Address, attachment.End);
        ChangedBy(attachment);
    }

    private void RemoveAt(int index)
    {
        Attachment attachment = _byAddress[index];
        _byId.Remove(attachment.Id);
        _byAddress.RemoveAt(index);
        _numbers.Return(attachment.Id);
        attachment.Dataspace.RemoveUser(this);
        _capabilities.Refund(1);
        ChangedBy(attachment);
    }

    /// <summary>A dataspace in an address space is mapped by its component, everything else by the node.</summary>
    private void ChangedBy(Attachment attachment)
    {
        if (Managed is not null || attachment.Dataspace is ManagedDataspace)
            Changed();
    }
}
