using Drover.Contracts.Abi;
using Drover.Contracts.Sessions;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Core;

/// <summary>
/// Keeps what lies in the ranges of managed dataspaces in step with the region maps. Changes are made one after another
/// on a thread of the pool: the process has to stand still for each, so what changed meanwhile is done in one go.
/// </summary>
public sealed partial class ProtectionDomain : IFaultSink
{
    private readonly List<(ulong Change, MappingWait Wait)> _mappingWaits = [];
    private IAddressSpace? _addressSpace; // from the process's construction to its end
    private IReadOnlyList<Piece> _mapped = [];
    private ulong _lastChange;
    private ulong _lastMade;
    private bool _isMapping;
    private bool _isTruncated;
    private bool _lacksRoom; // the latest changes found no room, and no thread was told so yet

    /// <summary>Takes over the address space of the process, which has not run yet, and maps what is attached.</summary>
    /// <exception cref="InvalidOperationException">The process has no room for it.</exception>
    public void Furnish(IAddressSpace addressSpace)
    {
        ArgumentNullException.ThrowIfNull(addressSpace);
        addressSpace.ReportFaultsTo(this);
        using (KernelScope scope = Kernel.Enter())
        {
            _addressSpace = addressSpace;
            _isMapping = true;
        }

        if (!MakeChanges())
            throw new InvalidOperationException($"the process of {Name} has no room for its managed dataspaces");
    }

    /// <summary>See <see cref="IFaultSink"/>. What the process maps at the address may have changed since.</summary>
    public void Fault(ulong address, bool isWrite)
    {
        using KernelScope scope = Kernel.Enter();
        if (!IsAlive || _regions.Covering(address) is not { Dataspace: ManagedDataspace outermost } attachment)
            return;
        RegionMapObject map = outermost.Map;
        ulong offset = attachment.OffsetBytes + (address - attachment.Address);
        while (map.Regions.Covering(offset) is { } inner)
        {
            if (inner.Dataspace is not ManagedDataspace managed)
                return;
            offset = inner.OffsetBytes + (offset - inner.Address);
            map = managed.Map;
        }

        map.Fault(offset & ~(RegionMap.PageBytes - 1), isWrite ? FaultAccess.Write : FaultAccess.Read);
    }

    /// <summary>What is mapped is no longer what is attached. Under the kernel's lock.</summary>
    internal void MappingsChanged()
    {
        _lastChange++;
        if (_addressSpace is null || _isMapping || !IsAlive)
            return;
        _isMapping = true;
        using KernelScope scope = Kernel.Enter();
        scope.Queue(new MappingWork(this));
    }

    /// <summary>Lets the wait know when everything attached up to now is mapped. Under the kernel's lock.</summary>
    internal void Await(MappingWait wait)
    {
        // They may have been made, or not, before the thread came to ask.
        if (_lacksRoom && wait.TellLackOfRoom(this))
            _lacksRoom = false;
        if (!IsAlive || _addressSpace is null || _lastMade == _lastChange)
            return;
        wait.Expect();
        _mappingWaits.Add((_lastChange, wait));
    }

    private void MapAttachment(KernelScope scope, KernelThread thread, ulong number)
    {
        if (number > uint.MaxValue || !_regions.TryFind((uint)number, out Attachment? found))
            thread.Answer(scope, new CallResult(CallStatus.InvalidArgument));
        else if (found.Dataspace is ManagedDataspace)
            AwaitMappings(scope, thread, [this], AttachmentInfo.MappedByNode);
        else
            thread.AnswerWithDescriptor(scope, found.Id);
    }

    private void AwaitMappings(KernelScope scope, KernelThread thread, ulong selector)
    {
        if (selector == WellKnownSelectors.Null)
        {
            AwaitMappings(scope, thread, [this], 0);
            return;
        }

        if (Find(selector) is RegionMapObject map)
            AwaitMappings(scope, thread, map.Regions.AddressSpaces(), 0);
        else
            thread.Answer(scope, new CallResult(Find(selector) is null ? CallStatus.NoSuchSelector : CallStatus.WrongKind));
    }

    private static void AwaitMappings(KernelScope scope, KernelThread thread, IEnumerable<ProtectionDomain> domains, uint info)
    {
        MappingWait wait = new(thread, info);
        foreach (ProtectionDomain domain in domains)
            domain.Await(wait);
        thread.MappingWait = wait;
        wait.Finish(scope);
    }

    /// <summary>Makes changes until none is left. False if the process had no room for some.</summary>
    private bool MakeChanges()
    {
        bool allMade = true;
        while (NextChanges() is { } next)
        {
            bool hasRoom = true;
            try
            {
                hasRoom = Make(next).Count == 0;
            }
            catch (ObjectDisposedException)
            {
                // The process has ended: it sees nothing any more.
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // It was ended, because it kept access that it no longer has.
                Kernel.Report(failure, Name);
            }

            allMade &= hasRoom;
            Made(next, hasRoom);
        }

        return allMade;
    }

    private static IReadOnlyList<MappingChange> Make(PendingChanges next)
    {
        try
        {
            return next.Changes.Count == 0 ? [] : next.AddressSpace.Change(next.Changes);
        }
        finally
        {
            foreach (DataspaceLease lease in next.Leases)
                lease.Dispose();
        }
    }

    /// <summary>Null if all are made; then somebody else has to begin again.</summary>
    private PendingChanges? NextChanges()
    {
        using KernelScope scope = Kernel.Enter();
        if (_lastMade == _lastChange || _addressSpace is null || !IsAlive)
        {
            _isMapping = false;
            return null;
        }

        PieceList wanted = PieceList.Of(_regions);
        PendingChanges next = new(_addressSpace, _lastChange);
        foreach (Piece piece in PieceChanges.Between(_mapped, wanted.Pieces))
            Add(next, piece);
        _mapped = wanted.Pieces;
        if (wanted.IsTruncated && !_isTruncated)
            Kernel.Report(new InvalidOperationException($"more than {PieceList.MaximumPieces} pieces in managed dataspaces: the rest is not mapped"), Name);
        _isTruncated = wanted.IsTruncated;
        return next;
    }

    private void Add(PendingChanges next, Piece piece)
    {
        DataspaceLease? lease = null;
        if (piece.Dataspace is { } dataspace && dataspace.TryLeaseLocked(out lease))
        {
            next.Leases.Add(lease);
            dataspace.HandTo(this, piece.Rights);
        }

        next.Changes.Add(new MappingChange(
            piece.Address, piece.LengthBytes, (PageProtection)piece.Rights, lease?.Memory, piece.OffsetBytes, piece.ReportsFaults));
    }

    private void Made(PendingChanges made, bool hasRoom)
    {
        using KernelScope scope = Kernel.Enter();
        _lastMade = made.Number;
        _lacksRoom = !hasRoom;
        for (int i = _mappingWaits.Count - 1; i >= 0; i--)
        {
            (ulong change, MappingWait wait) = _mappingWaits[i];
            if (change > _lastMade)
                continue;
            _mappingWaits.RemoveAt(i);
            if (!hasRoom && wait.TellLackOfRoom(this))
                _lacksRoom = false;
            wait.Arrive(scope);
        }
    }

    /// <summary>Nobody waits for the address space of a domain that has ended. Under the kernel's lock.</summary>
    private void EndMappings(KernelScope scope)
    {
        _addressSpace = null;
        _mapped = [];
        foreach ((_, MappingWait wait) in _mappingWaits)
            wait.Arrive(scope);
        _mappingWaits.Clear();
    }

    private sealed class PendingChanges(IAddressSpace addressSpace, ulong number)
    {
        public IAddressSpace AddressSpace { get; } = addressSpace;

        public ulong Number { get; } = number;

        public List<MappingChange> Changes { get; } = [];

        public List<DataspaceLease> Leases { get; } = [];
    }

    private sealed class MappingWork(ProtectionDomain domain) : IThreadPoolWorkItem
    {
        public void Execute() => domain.MakeChanges();
    }
}
