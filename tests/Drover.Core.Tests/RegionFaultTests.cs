using Drover.Contracts.Abi;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Memory;
using Drover.Core.Signals;
using Drover.Core.State;
using Drover.Core.Tests.Fakes;

namespace Drover.Core.Tests;

public sealed class RegionFaultTests
{
    private const ulong Page = 4096;
    private const ulong Base = 0x2000_0000_0000;
    private const AttachRights Both = AttachRights.Read | AttachRights.Write;

    private readonly World _world = new();
    private readonly FakeDomain _owner;
    private readonly FakeThread _thread;
    private readonly SignalSource _source;
    private readonly SignalContext _handler;
    private readonly RegionMapObject _map;

    public RegionFaultTests()
    {
        _owner = _world.Domain("owner");
        _owner.Furnish();
        _thread = _owner.Thread();
        _source = _owner.Domain.CreateSignalSource().Value;
        _handler = _owner.Domain.CreateSignalContext(_source, 7).Value;
        _map = _owner.Domain.CreateRegionMap(1024 * Page).Value;
    }

    [Fact]
    public async Task Fault_is_told_once_with_its_place_and_is_gone_when_something_lies_there()
    {
        RegionMapObject outer = _owner.Domain.CreateRegionMap(16 * Page).Value;
        Assert.True(outer.Attach(_map.Dataspace, 2 * Page, 8 * Page, 4 * Page, Both).Succeeded);
        Assert.True(_owner.Domain.Attach(outer.Dataspace, Page, 15 * Page, Base, Both).Succeeded);
        _map.SetFaultHandler(_handler);
        await Mapped();

        // Outer page 4 is page 2 of the map, and lies at the third page.
        Assert.True(_owner.AddressSpace.Touch(Base + (3 * Page) + 123));
        Assert.True(_owner.AddressSpace.Touch(Base + (3 * Page) + 99, isWrite: true));
        Assert.True(_owner.AddressSpace.Touch(Base + (5 * Page)));
        Assert.False(_owner.AddressSpace.Touch(Base));

        Assert.Equal(2ul, Pending());
        Assert.Equal(new RegionFault(2 * Page, FaultAccess.Write), _map.PendingFault(0).Value);
        Assert.Equal(new RegionFault(4 * Page, FaultAccess.Read), _map.PendingFault(1).Value);
        Assert.Equal(FaultError.NonePending, _map.PendingFault(2).Error);
        Dataspace memory = _owner.Domain.CreateDataspace(Page).Value;
        Assert.True(_map.Attach(memory, 0, Page, 2 * Page, Both).Succeeded);
        await Mapped();
        Assert.Equal(new RegionFault(4 * Page, FaultAccess.Read), _map.PendingFault(0).Value);
        Assert.Equal(FaultError.NonePending, _map.PendingFault(1).Error);
        Assert.True(_owner.AddressSpace.TryWrite(Base + (3 * Page), 1));
    }

    [Fact]
    public async Task Thread_waits_only_for_what_it_would_be_allowed_and_only_where_there_is_a_handler()
    {
        Assert.True(_owner.Domain.Attach(_map.Dataspace, 0, 8 * Page, Base, AttachRights.Read).Succeeded);
        await Mapped();
        Assert.False(_owner.AddressSpace.Touch(Base));
        _map.SetFaultHandler(_handler);
        await Mapped();
        Assert.True(_owner.AddressSpace.Touch(Base));
        Assert.False(_owner.AddressSpace.Touch(Base, isWrite: true));

        _map.SetFaultHandler(null);
        await Mapped();

        Assert.False(_owner.AddressSpace.Touch(Base));
    }

    [Fact]
    public async Task Faults_beyond_the_limit_are_told_when_they_come_again()
    {
        Assert.True(_owner.Domain.Attach(_map.Dataspace, 0, 1024 * Page, Base, Both).Succeeded);
        _map.SetFaultHandler(_handler);
        await Mapped();

        for (ulong page = 0; page < 1024; page++)
            Assert.True(_owner.AddressSpace.Touch(Base + (page * Page)));

        Assert.Equal((ulong)PendingFaults.MaximumPages, Pending());
        Assert.False(_map.PendingFault(PendingFaults.MaximumPages).Succeeded);
        Assert.True(_map.Attach(_owner.Domain.CreateDataspace(Page).Value, 0, Page, 0, Both).Succeeded);
        Assert.True(_owner.AddressSpace.Touch(Base + (1000 * Page)));
        Assert.Equal(1000 * Page, _map.PendingFault(PendingFaults.MaximumPages - 1).Value.OffsetBytes);
    }

    [Fact]
    public async Task New_handler_hears_of_faults_that_wait_already_and_a_freed_one_lets_them_wait()
    {
        Assert.True(_owner.Domain.Attach(_map.Dataspace, 0, 8 * Page, Base, Both).Succeeded);
        _map.SetFaultHandler(_handler);
        await Mapped();
        _owner.Domain.DestroyObject(_handler);
        Assert.True(_owner.AddressSpace.Touch(Base));
        SignalContext next = _owner.Domain.CreateSignalContext(_source, 8).Value;

        _map.SetFaultHandler(next);

        Assert.Equal(1ul, _owner.Domain.Describe().SignalContexts.Single().Pending);
    }

    [Fact]
    public void Faults_at_addresses_that_mean_nothing_are_ignored()
    {
        Assert.True(_owner.Domain.Attach(_map.Dataspace, 0, 8 * Page, Base, Both).Succeeded);
        _map.SetFaultHandler(_handler);

        _owner.Domain.Fault(0, false);
        _owner.Domain.Fault(ulong.MaxValue, true);
        _owner.Domain.Fault(Base - 1, true);
        _owner.Domain.Fault(Base + (8 * Page), false);

        Assert.Equal(0ul, Pending());
    }

    [Fact]
    public async Task Restored_domain_has_maps_attachments_and_handlers_again()
    {
        Dataspace memory = _owner.Domain.CreateDataspace(4 * Page).Value;
        RegionMapObject outer = _owner.Domain.CreateRegionMap(16 * Page).Value;
        Assert.True(_map.Attach(memory, Page, 2 * Page, 3 * Page, AttachRights.Read).Succeeded);
        Assert.True(outer.Attach(_map.Dataspace, 2 * Page, 8 * Page, 4 * Page, Both).Succeeded);
        Assert.True(outer.Attach(memory, 0, 4 * Page, 12 * Page, Both).Succeeded);
        Assert.True(_owner.Domain.Attach(outer.Dataspace, 0, 16 * Page, Base, Both).Succeeded);
        _map.SetFaultHandler(_handler);
        _owner.Hold(_map);
        _owner.Hold(outer.Dataspace);
        await Mapped();
        _owner.Domain.FinishServing(TimeSpan.FromSeconds(30));
        DomainState before = _owner.Domain.Describe();

        World target = new();
        ProtectionDomain restored = Restore(target, before);
        DomainState after = restored.Describe();
        FakeAddressSpace space = new();
        restored.Furnish(space);

        Assert.Equal(
            before.Attachments.Select(each => each with { DataspaceBadge = 0, DataspaceInode = 0, RegionMapBadge = 0 }),
            after.Attachments.Select(each => each with { DataspaceBadge = 0, DataspaceInode = 0, RegionMapBadge = 0 }));
        Assert.Equal(before.LastAttachment, after.LastAttachment);
        Assert.Equal(before.Capabilities, after.Capabilities);
        Assert.Equal(
            before.CapabilitySpace.Select(slot => slot with { Badge = 0 }), after.CapabilitySpace.Select(slot => slot with { Badge = 0 }));
        Assert.Equal(
            _owner.AddressSpace.Pages().Select(page => (page.Key, page.Value.Inode == 0, page.Value.OffsetBytes, page.Value.Protection)).Order(),
            space.Pages().Select(page => (page.Key, page.Value.Inode == 0, page.Value.OffsetBytes, page.Value.Protection)).Order());
        Assert.True(space.TryWrite(Base + (13 * Page), 42));
        Assert.Equal<byte?>(42, space.Read(Base + (5 * Page)));
        Assert.True(space.Touch(Base + (4 * Page)));
        Assert.Equal(1ul, restored.Describe().SignalContexts.Single().Pending);
    }

    [Fact]
    public void Forged_region_maps_are_refused()
    {
        RegionMapObject outer = _owner.Domain.CreateRegionMap(16 * Page).Value;
        Assert.True(outer.Attach(_map.Dataspace, 0, Page, 0, Both).Succeeded);
        _map.SetFaultHandler(_handler);
        _owner.Domain.FinishServing(TimeSpan.FromSeconds(30));
        DomainState state = _owner.Domain.Describe();
        RegionMapState inner = state.RegionMaps[0];
        AttachmentState attachment = state.Attachments.Single();
        AttachmentState circle = attachment with { Id = 99, RegionMapBadge = inner.Badge, DataspaceBadge = state.RegionMaps[1].DataspaceBadge };

        Refused(state with { RegionMaps = [inner with { LengthBytes = 0 }, state.RegionMaps[1]] });
        Refused(state with { RegionMaps = [inner with { LengthBytes = ulong.MaxValue }, state.RegionMaps[1]] });
        Refused(state with { RegionMaps = [inner with { DataspaceBadge = inner.Badge }, state.RegionMaps[1]] });
        Refused(state with { RegionMaps = [inner with { Badge = 0 }, state.RegionMaps[1]] });
        Refused(state with { RegionMaps = [inner with { HandlerBadge = 4711 }, state.RegionMaps[1]] });
        Refused(state with { RegionMaps = [inner with { HandlerBadge = inner.Badge }, state.RegionMaps[1]] });
        Refused(state with { Attachments = [attachment with { RegionMapBadge = 4711 }] });
        Refused(state with { Attachments = [attachment with { RegionMapBadge = inner.DataspaceBadge }] });
        Refused(state with { Attachments = [attachment with { DataspaceBadge = inner.Badge }] });
        Refused(state with { Attachments = [attachment, circle] });
        Refused(state with { Attachments = [attachment, attachment with { Address = Page }] });
        Refused(state with { Attachments = [attachment with { Id = 0 }] });
    }

    private static void Refused(DomainState state)
    {
        World target = new();
        Assert.Throws<DomainStateException>(() => Restore(target, state));
        Assert.Equal(0, target.Platform.LiveMemories);
    }

    private static ProtectionDomain Restore(World target, DomainState state)
    {
        using DomainRestoration restoration = target.Kernel.BeginRestore(state, new DomainOptions
        {
            Name = state.Name,
            RamQuotaBytes = state.Ram.Limit,
            CapabilityQuota = state.Capabilities.Limit,
            Platform = target.Platform,
        });
        restoration.Complete();
        return restoration.Commit();
    }

    private ulong Pending() => _owner.Domain.Describe().SignalContexts.Single().Pending;

    private async Task Mapped()
    {
        _thread.Private(PrivateCall.AwaitMappings, 0, 0, ++_thread.Sequence);
        CallResult result = await _thread.Port.WhenAnswered(_thread.CallId).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(CallStatus.Ok, result.Status);
    }
}
