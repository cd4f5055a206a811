using Drover.Contracts;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.Signals;

namespace Drover.Core.State;

/// <summary>
/// Builds a domain from its recorded state: new kernel objects, new badges, old selectors. The order is: begin (makes
/// the domain and its own objects), <see cref="Provide"/> whatever it held of others, fill the memory of dataspaces,
/// <see cref="Complete"/>, then <see cref="Commit"/>; the domain stands still until <see cref="ProtectionDomain.GoOn"/>.
/// Disposed before that, nothing is left. The state may come from a forged image: what does not hold together throws
/// <see cref="DomainStateException"/>. Not thread-safe.
/// </summary>
public sealed class DomainRestoration : IDisposable
{
    private readonly DomainState _state;
    private readonly Dictionary<ulong, KernelObject> _objects = [];
    private readonly Lazy<Dictionary<ulong, CapabilityState>> _slotsByBadge;
    private bool _isCompleted;
    private bool _isCommitted;

    internal DomainRestoration(Kernel kernel, DomainState state, DomainOptions options)
    {
        _state = state;
        _slotsByBadge = new(() => _state.CapabilitySpace.DistinctBy(slot => slot.Badge).ToDictionary(slot => slot.Badge));
        Domain = kernel.CreateDomain(options);
        try
        {
            Domain.StandStill();
            Add(state.TableBadge, Domain.Table, "tables");
            CreateOwnObjects();
        }
        catch
        {
            Domain.Destroy();
            throw;
        }
    }

    public ProtectionDomain Domain { get; }

    /// <summary>From each old badge to the object that stands for it now.</summary>
    public IReadOnlyDictionary<ulong, KernelObject> Objects => _objects;

    /// <summary>Slots and attachments that name an object for which nothing was provided yet, each badge once.</summary>
    public IReadOnlyList<ulong> MissingBadges =>
    [
        .. _state.CapabilitySpace.Where(slot => !slot.IsVoid).Select(slot => slot.Badge)
            .Concat(_state.Attachments.Select(attachment => attachment.DataspaceBadge))
            .Concat(_state.RegionMaps.Select(map => map.HandlerBadge).Where(badge => badge != 0))
            .Where(badge => !_objects.ContainsKey(badge))
            .Distinct(),
    ];

    /// <summary>Says what stands now for an object that the domain held but did not own, such as a session.</summary>
    public void Provide(ulong oldBadge, KernelObject now)
    {
        ArgumentNullException.ThrowIfNull(now);
        Add(oldBadge, now, $"badge 0x{oldBadge:x16}");
    }

    /// <summary>Lets an object that cannot be had any more be void.</summary>
    public void ProvideVoid(ulong oldBadge)
    {
        Add(oldBadge, MakeVoid(_slotsByBadge.Value.GetValueOrDefault(oldBadge)), $"badge 0x{oldBadge:x16}");
    }

    /// <summary>Installs each capability at its old selector, attaches, brings the threads' calls back, and rewrites the
    /// badges in the UTCBs, whose memory has to hold its recorded content by now.</summary>
    public void Complete() => Complete([this]);

    /// <summary>Completes domains that were captured together: calls between them go on, and all others that were in
    /// flight have failed as PeerRestored.</summary>
    public static void Complete(IReadOnlyList<DomainRestoration> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        foreach (DomainRestoration member in members)
            member.CompleteOwn();
        Dictionary<ulong, ProtectionDomain> domains = [];
        foreach (DomainRestoration member in members)
        {
            if (!domains.TryAdd(member._state.TableBadge, member.Domain))
                throw new DomainStateException("tables", $"the badge 0x{member._state.TableBadge:x16} stands for those of two domains");
        }

        foreach (DomainRestoration member in members)
            member.Domain.RestoreServing(member._state.Threads, domains);
        foreach (DomainRestoration member in members)
            member.Domain.FailLostCalls();
    }

    /// <summary>Hands the domain over; the caller ends it from now on.</summary>
    public ProtectionDomain Commit()
    {
        if (!_isCompleted)
            throw new InvalidOperationException("the domain is not complete");
        _isCommitted = true;
        Domain.ChargeTouchedPages();
        return Domain;
    }

    public void Dispose()
    {
        if (!_isCommitted)
            Domain.Destroy();
    }

    private void CompleteOwn()
    {
        if (_isCompleted)
            throw new InvalidOperationException("the domain was completed already");
        _isCompleted = true;
        foreach (CapabilityState slot in _state.CapabilitySpace)
            Install(slot);
        foreach (AttachmentState attachment in _state.Attachments)
            Attach(attachment);
        Domain.GoOnNumberingFrom(_state.LastAttachment);
        foreach (RegionMapState map in _state.RegionMaps.Where(map => map.HandlerBadge != 0))
            SetFaultHandler(map);
        Domain.RestoreThreads(_state.Threads, _objects);
    }

    private void CreateOwnObjects()
    {
        foreach (GateState gate in _state.Gates)
            Add(gate.Badge, Made(Domain.CreateGate(gate.Entrypoint, gate.Label), $"gate {gate.Label}"), $"gate {gate.Label}");
        foreach (DataspaceState dataspace in _state.Dataspaces)
        {
            string entry = $"dataspace 0x{dataspace.Badge:x16}";
            if (dataspace.LengthBytes == 0 || dataspace.LengthBytes % RegionMap.PageBytes != 0)
                throw new DomainStateException(entry, $"{dataspace.LengthBytes} bytes are no whole number of pages");
            Add(dataspace.Badge, Made(Domain.CreateDataspace(dataspace.LengthBytes), entry), entry);
        }

        foreach (SignalSourceState source in _state.SignalSources)
            Add(source.Badge, Made(Domain.CreateSignalSource(), "signal source"), $"signal source 0x{source.Badge:x16}");
        foreach (SignalContextState context in _state.SignalContexts)
            CreateContext(context);
        foreach (RegionMapState map in _state.RegionMaps)
            CreateRegionMap(map);
    }

    private void CreateRegionMap(RegionMapState state)
    {
        string entry = $"region map 0x{state.Badge:x16}";
        RegionMapObject map = Made(Domain.CreateRegionMap(state.LengthBytes), entry);
        Add(state.Badge, map, entry);
        Add(state.DataspaceBadge, map.Dataspace, entry);
    }

    private void CreateContext(SignalContextState state)
    {
        string entry = $"signal context 0x{state.Badge:x16}";
        if (_objects.GetValueOrDefault(state.SourceBadge) is not SignalSource source)
            throw new DomainStateException(entry, $"its source 0x{state.SourceBadge:x16} is not among the domain's sources");
        SignalContext context = Made(Domain.CreateSignalContext(source, state.Imprint), entry);
        context.Restore(state.Pending);
        Add(state.Badge, context, entry);
    }

    private void Install(CapabilityState slot)
    {
        string entry = $"slot {slot.Selector}";
        KernelObject held = _objects.GetValueOrDefault(slot.Badge)
            ?? (slot.IsVoid ? MakeVoid(slot) : throw new DomainStateException(entry, $"nothing stands for its object 0x{slot.Badge:x16}"));
        if (held.Kind != slot.Kind)
            throw new DomainStateException(entry, $"holds a {slot.Kind}, but a {held.Kind} stands for it");
        InstallOutcome outcome = Domain.Install(held, slot.Selector, slot.Deliveries);
        if (outcome != InstallOutcome.Installed)
            throw new DomainStateException(entry, $"cannot be filled: {outcome}");
        // So that badges of void objects are found when the tables are relocated.
        _objects.TryAdd(slot.Badge, held);
    }

    private void Attach(AttachmentState state)
    {
        string entry = $"attachment {state.Id} at 0x{state.Address:x}";
        if (_objects.GetValueOrDefault(state.DataspaceBadge) is not Attachable dataspace)
            throw new DomainStateException(entry, $"nothing stands for its dataspace 0x{state.DataspaceBadge:x16}");
        var map = _objects.GetValueOrDefault(state.RegionMapBadge) as RegionMapObject;
        if (map is null && state.RegionMapBadge != 0)
            throw new DomainStateException(entry, $"nothing stands for its region map 0x{state.RegionMapBadge:x16}");
        Attempt<Unit, AttachError> attached = Domain.RestoreAttachment(
            new Attachment(state.Id, dataspace, state.OffsetBytes, state.LengthBytes, state.Address, state.Rights), map);
        if (!attached.Succeeded)
            throw new DomainStateException(entry, $"cannot be attached: {attached.Error}");
    }

    private void SetFaultHandler(RegionMapState state)
    {
        string entry = $"region map 0x{state.Badge:x16}";
        KernelObject handler = _objects.GetValueOrDefault(state.HandlerBadge)
            ?? throw new DomainStateException(entry, $"nothing stands for its fault handler 0x{state.HandlerBadge:x16}");
        if (handler is not SignalContext && handler.IsAlive)
            throw new DomainStateException(entry, $"its fault handler is a {handler.Kind}");
        ((RegionMapObject)_objects[state.Badge]).SetFaultHandler(handler);
    }

    private VoidObject MakeVoid(CapabilityState? slot) => new(
        Domain.Kernel, Domain.Kernel.NextBadge(), slot?.Kind ?? KernelObjectKind.Service, slot?.Description ?? "void");

    private void Add(ulong oldBadge, KernelObject now, string entry)
    {
        if (oldBadge == 0)
            throw new DomainStateException(entry, "has no badge");
        if (!_objects.TryAdd(oldBadge, now))
            throw new DomainStateException(entry, $"its badge 0x{oldBadge:x16} stands for another object already");
    }

    private static T Made<T>(Attempt<T, AllocationError> attempt, string entry)
        where T : KernelObject =>
        attempt.TryGet(out T? made, out AllocationError error) ? made : throw new DomainStateException(entry, $"cannot be made: {error}");
}
