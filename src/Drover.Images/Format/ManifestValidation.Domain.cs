using Drover.Images.State;
using Drover.Platform.State;

namespace Drover.Images.Format;

internal sealed partial class ManifestValidation
{
    private void CheckDomain(DomainState domain)
    {
        Text(domain.Name, "domain.name");
        CollectObjects(domain.Objects);
        for (int i = 0; i < domain.Objects.Count; i++)
            CheckObject(domain.Objects[i], i);
        CheckManagedDataspaces(domain.Objects);
        CheckDataspaceMappings();
        CheckCapabilities(domain.Capabilities);
        CheckAttachments(domain.Attachments);
        CheckUtcbArea(domain);
        CheckTables(domain);
        CheckBadges(domain);
        CheckIpcThreads(domain);
        CheckQuotas(domain);
    }

    private void CollectObjects(IReadOnlyList<ObjectState> objects)
    {
        Elements(objects, "domain.objects", ImageLimits.Objects);
        var badges = new HashSet<ulong>();
        var wellKnown = new HashSet<ObjectKind>();
        for (int i = 0; i < objects.Count; i++)
        {
            ObjectState candidate = objects[i];
            if (candidate.Id.Value == 0 || !_objects.TryAdd(candidate.Id, candidate))
                throw Bad($"domain.objects[{i}].id", "an id of its own, not 0", $"{candidate.Id}");
            if (candidate.Badge != 0 && !badges.Add(candidate.Badge))
                throw Bad($"domain.objects[{i}].badge", "a badge of its own", $"0x{candidate.Badge:x} again");
            if (IsWellKnown(candidate.Kind) && !wellKnown.Add(candidate.Kind))
                throw Bad($"domain.objects[{i}].kind", "each well-known session once", $"{candidate.Kind} again");
        }
    }

    private static bool IsWellKnown(ObjectKind kind) =>
        kind is ObjectKind.Parent or ObjectKind.PdSession or ObjectKind.CpuSession or ObjectKind.RmSession;

    private void CheckObject(ObjectState candidate, int i)
    {
        if (!Enum.IsDefined(candidate.Kind))
            throw Bad($"domain.objects[{i}].kind", "a kind of object", $"{candidate.Kind}");
        Text(candidate.Label, $"domain.objects[{i}].label");
        BelongsTo(candidate, ObjectKind.Gate, candidate.Gate, i, "gate");
        BelongsTo(candidate, ObjectKind.Dataspace, candidate.Dataspace, i, "dataspace");
        BelongsTo(candidate, ObjectKind.RegionMap, candidate.RegionMap, i, "regionMap");
        BelongsTo(candidate, ObjectKind.ManagedDataspace, candidate.ManagedDataspace, i, "managedDataspace");
        BelongsTo(candidate, ObjectKind.SignalContext, candidate.SignalContext, i, "signalContext");
        if (candidate.Foreign is not null)
            BelongsTo(candidate, ObjectKind.NativeCapability, candidate.Foreign, i, "foreign");
        if (candidate.Timer is not null)
            BelongsTo(candidate, ObjectKind.TimerSession, candidate.Timer, i, "timer");

        if (candidate.Gate is { } gate && gate.Entrypoint >= ImageLimits.Entrypoints)
            throw Bad($"domain.objects[{i}].gate.entrypoint", $"below {ImageLimits.Entrypoints}", $"{gate.Entrypoint}");
        if (candidate.Dataspace is { } dataspace)
            CheckDataspace(dataspace, i);
        if (candidate.RegionMap is { } map)
            CheckRegionMap(map, i);
        if (candidate.SignalContext is { } context)
            ReferenceTo(ObjectKind.SignalSource, context.Source, $"domain.objects[{i}].signalContext.source");
        if (candidate.Timer is { OverdueNanoseconds: not null, RemainingNanoseconds: not 0 })
            throw Bad($"domain.objects[{i}].timer.remainingNanoseconds", "0 if an expiry is overdue", $"{candidate.Timer.RemainingNanoseconds}");
        if (candidate.Timer is { Handler: { } handler })
            CheckHandler(handler, $"domain.objects[{i}].timer.handler");
        if (candidate.Foreign is { } foreign && !Enum.IsDefined(foreign.Kind))
            throw Bad($"domain.objects[{i}].foreign.kind", "a kind of object", $"{foreign.Kind}");
    }

    /// <summary>A signal context, the component's own or another's.</summary>
    private void CheckHandler(ObjectId handler, string subject)
    {
        if (Reference(handler, subject).Foreign is not { Kind: ForeignKind.SignalContext })
            ReferenceTo(ObjectKind.SignalContext, handler, subject);
    }

    private void BelongsTo(ObjectState candidate, ObjectKind kind, object? part, int i, string name)
    {
        if ((candidate.Kind == kind) != (part is not null))
            throw Bad($"domain.objects[{i}].{name}", $"present if and only if the kind is {kind}", $"{(part is null ? "absent" : "present")} in a {candidate.Kind}");
    }

    private void CheckDataspace(DataspaceState dataspace, int i)
    {
        if (dataspace.LengthBytes is 0 or > ImageLimits.DataspaceBytes)
            throw Bad($"domain.objects[{i}].dataspace.lengthBytes", $"1 to {ImageLimits.DataspaceBytes}", $"{dataspace.LengthBytes}");
        if ((dataspace.RomName is null) != (dataspace.RomFile is null))
            throw Bad($"domain.objects[{i}].dataspace", "name and file of a ROM module, or neither", "one of them");
        if (dataspace.SharedFrom is { } owner)
        {
            Text(owner, $"domain.objects[{i}].dataspace.sharedFrom");
            if (dataspace.RomName is not null || owner.Length == 0)
                throw Bad($"domain.objects[{i}].dataspace.sharedFrom", "the name of a component, not in a ROM module", $"\"{owner}\"");
        }

        if (dataspace.RomName is null)
            return;
        Text(dataspace.RomName, $"domain.objects[{i}].dataspace.romName");
        File(dataspace.RomFile, $"domain.objects[{i}].dataspace.romFile");
    }

    private void CheckRegionMap(RegionMapState map, int i)
    {
        if (map.LengthBytes is 0 or > ImageLimits.DataspaceBytes)
            throw Bad($"domain.objects[{i}].regionMap.lengthBytes", $"1 to {ImageLimits.DataspaceBytes}", $"{map.LengthBytes}");
        if (map.FaultHandler is not { } handler)
            return;
        ObjectKind kind = Reference(handler, $"domain.objects[{i}].regionMap.faultHandler").Kind;
        if (kind is not (ObjectKind.SignalContext or ObjectKind.NativeCapability or ObjectKind.Revoked))
            throw Bad($"domain.objects[{i}].regionMap.faultHandler", "a signal context, or what is left of one", $"{handler}, a {kind}");
    }

    private void CheckManagedDataspaces(IReadOnlyList<ObjectState> objects)
    {
        var managed = new HashSet<ObjectId>();
        for (int i = 0; i < objects.Count; i++)
        {
            if (objects[i].ManagedDataspace is not { } dataspace)
                continue;
            ReferenceTo(ObjectKind.RegionMap, dataspace.RegionMap, $"domain.objects[{i}].managedDataspace.regionMap");
            if (!managed.Add(dataspace.RegionMap))
                throw Bad($"domain.objects[{i}].managedDataspace.regionMap", "a region map of its own", $"{dataspace.RegionMap} again");
        }

        for (int i = 0; i < objects.Count; i++)
        {
            if (objects[i].RegionMap is not null && !managed.Contains(objects[i].Id))
                throw Bad($"domain.objects[{i}].regionMap", "a region map with a managed dataspace", $"{objects[i].Id} without one");
        }
    }

    /// <summary>Every mapping of a dataspace leads, by inode, to one dataspace of the image and stays inside it.</summary>
    private void CheckDataspaceMappings()
    {
        var byInode = new Dictionary<ulong, DataspaceState>();
        for (int i = 0; i < _manifest.Domain.Objects.Count; i++)
        {
            if (_manifest.Domain.Objects[i].Dataspace is { Inode: not 0 } dataspace && !byInode.TryAdd(dataspace.Inode, dataspace))
                throw Bad($"domain.objects[{i}].dataspace.inode", "an inode of its own", $"{dataspace.Inode} again");
        }

        for (int i = 0; i < _manifest.Process.Mappings.Count; i++)
        {
            MappingState mapping = _manifest.Process.Mappings[i];
            if (mapping.Backing != MappingBacking.Dataspace)
                continue;
            if (!byInode.TryGetValue(mapping.DataspaceInode, out DataspaceState? dataspace))
                throw Bad($"process.mappings[{i}].dataspaceInode", "the inode of a dataspace in the image", $"{mapping.DataspaceInode}");
            if (mapping.OffsetBytes + mapping.LengthBytes > PagesOf(dataspace.LengthBytes))
                throw Bad($"process.mappings[{i}]", $"a range inside the dataspace's {dataspace.LengthBytes} bytes", $"0x{mapping.OffsetBytes:x}, 0x{mapping.LengthBytes:x} bytes");
            if (dataspace.ReadOnly && mapping.Protection.HasFlag(PageProtection.Write))
                throw Bad($"process.mappings[{i}].protection", "no right to write to a read-only dataspace", $"{mapping.Protection}");
        }
    }

    private void CheckCapabilities(IReadOnlyList<CapabilityState> capabilities)
    {
        Elements(capabilities, "domain.capabilities", ImageLimits.Selectors);
        uint previous = 0;
        var held = new HashSet<ObjectId>();
        for (int i = 0; i < capabilities.Count; i++)
        {
            CapabilityState capability = capabilities[i];
            if (capability.Selector <= previous || capability.Selector >= ImageLimits.Selectors)
                throw Bad($"domain.capabilities[{i}].selector", $"from {previous + 1}, below {ImageLimits.Selectors}", $"{capability.Selector}");
            ObjectState target = Reference(capability.Object, $"domain.capabilities[{i}].object");
            if (!held.Add(target.Id))
                throw Bad($"domain.capabilities[{i}].object", "an object that is in no slot before", $"{target.Id} again");
            if (capability.Badge != target.Badge)
                throw Bad($"domain.capabilities[{i}].badge", $"0x{target.Badge:x}, the badge of object {target.Id}", $"0x{capability.Badge:x}");
            if (capability.Deliveries is 0 or > uint.MaxValue)
                throw Bad($"domain.capabilities[{i}].deliveries", $"1 to {uint.MaxValue}", $"{capability.Deliveries}");
            previous = capability.Selector;
        }
    }

    private void CheckUtcbArea(DomainState domain)
    {
        ReferenceTo(ObjectKind.Dataspace, domain.UtcbDataspace, "domain.utcbDataspace");
        ulong length = _objects[domain.UtcbDataspace].Dataspace!.LengthBytes;
        if (domain.UtcbAreaLengthBytes == 0 || !IsPageAligned(domain.UtcbAreaLengthBytes) || domain.UtcbAreaLengthBytes != length)
            throw Bad("domain.utcbAreaLengthBytes", $"whole pages, as long as its dataspace ({length})", $"{domain.UtcbAreaLengthBytes}");
    }

    private void CheckTables(DomainState domain)
    {
        if (domain.TableDataspace is not { } table)
            throw Bad("domain.tableDataspace", "the dataspace of the component's tables", "none");
        ReferenceTo(ObjectKind.Dataspace, table, "domain.tableDataspace");
        if (table == domain.UtcbDataspace || _objects[table].Dataspace is not { RomName: null, ReadOnly: false })
            throw Bad("domain.tableDataspace", "writable memory that is no ROM module and not the UTCB area", $"{table}");
        if (_objects[domain.UtcbDataspace].Dataspace is not { RomName: null, ReadOnly: false })
            throw Bad("domain.utcbDataspace", "writable memory that is no ROM module", $"{domain.UtcbDataspace}");
    }

    /// <summary>Core finds objects by their badges; only the UTCB area is none of its objects.</summary>
    private void CheckBadges(DomainState domain)
    {
        for (int i = 0; i < domain.Objects.Count; i++)
        {
            if (domain.Objects[i].Badge == 0 && domain.Objects[i].Id != domain.UtcbDataspace)
                throw Bad($"domain.objects[{i}].badge", "a badge, for it is not the UTCB area", "0");
        }
    }

    /// <summary>The quota must have sufficed for what there is, so that it suffices again.</summary>
    private void CheckQuotas(DomainState domain)
    {
        ulong cost = (ulong)domain.Capabilities.Count + (ulong)domain.Attachments.Count;
        ulong bytes = 0;
        foreach (ObjectState entry in domain.Objects)
        {
            bool isAllocated = entry.Dataspace is { RomName: null, SharedFrom: null } && entry.Id != domain.TableDataspace && entry.Id != domain.UtcbDataspace;
            if (isAllocated || entry.Kind is ObjectKind.Gate or ObjectKind.SignalSource or ObjectKind.SignalContext)
                cost++;
            // 2^21 dataspaces of 2^46 bytes could wrap around.
            if (isAllocated)
                bytes = Math.Min(bytes + entry.Dataspace!.LengthBytes, ulong.MaxValue / 2);
        }

        if (cost > domain.CapabilityQuota)
            throw Bad("domain.capabilityQuota", $"at least {cost}, what slots, objects and attachments cost", $"{domain.CapabilityQuota}");
        if (bytes > domain.RamQuotaBytes)
            throw Bad("domain.ramQuotaBytes", $"at least {bytes}, the bytes of the dataspaces", $"{domain.RamQuotaBytes}");
    }

    private void CheckIpcThreads(DomainState domain)
    {
        Elements(domain.IpcThreads, "domain.ipcThreads", ImageLimits.Threads);
        var ofProcess = _manifest.Process.Threads.Select(thread => thread.ThreadId).ToHashSet();
        var slots = new HashSet<int>();
        ulong slotCount = domain.UtcbAreaLengthBytes / ImageFormat.PageBytes;
        for (int i = 0; i < domain.IpcThreads.Count; i++)
        {
            IpcThreadState thread = domain.IpcThreads[i];
            if (!ofProcess.Remove(thread.ThreadId))
                throw Bad($"domain.ipcThreads[{i}].threadId", "a thread of the process, once", $"{thread.ThreadId}");
            if (thread.UtcbSlot < 0 || (ulong)thread.UtcbSlot >= slotCount || !slots.Add(thread.UtcbSlot))
                throw Bad($"domain.ipcThreads[{i}].utcbSlot", $"a slot of its own below {slotCount}", $"{thread.UtcbSlot}");
            if (!Enum.IsDefined(thread.Phase))
                throw Bad($"domain.ipcThreads[{i}].phase", "a phase", $"{thread.Phase}");
            CheckIpcReferences(thread, $"domain.ipcThreads[{i}]", slotCount);
        }
    }

    private void CheckIpcReferences(IpcThreadState thread, string where, ulong slotCount)
    {
        if (thread.SignalSource is { } source)
            ReferenceTo(ObjectKind.SignalSource, source, $"{where}.signalSource");
        else if (thread.Phase == IpcPhase.WaitingForSignal)
            throw Bad($"{where}.signalSource", "the source that it waits at", "none");
        if (thread.Entrypoint >= ImageLimits.Entrypoints)
            throw Bad($"{where}.entrypoint", $"below {ImageLimits.Entrypoints}", $"{thread.Entrypoint}");
        if (thread.ServedSlot is { } served && (!thread.IsServing || served < 0 || (ulong)served >= slotCount))
            throw Bad($"{where}.servedSlot", $"a slot below {slotCount}, only while serving", $"{served}");
        if ((thread.ServedDomainBadge is null) != (thread.ServedSequence is null)
            || (thread.ServedDomainBadge is { } domain && (domain == 0 || thread.ServedSlot is null)))
            throw Bad($"{where}.servedDomainBadge", "a badge and a sequence number, only with the slot of a caller", $"{thread.ServedDomainBadge}, {thread.ServedSequence}");
        if (thread.ArrivedCapabilities.Count > ImageLimits.MessageCapabilities)
            throw Bad($"{where}.arrivedCapabilities", $"at most {ImageLimits.MessageCapabilities}", $"{thread.ArrivedCapabilities.Count}");
    }

    private static ulong PagesOf(ulong lengthBytes) => (lengthBytes + ImageFormat.PageBytes - 1) & ~(ulong)(ImageFormat.PageBytes - 1);
}
