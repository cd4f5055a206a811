using Drover.Contracts;
using Drover.Contracts.Abi;
using Drover.Contracts.Sessions;
using Drover.Core.Memory;
using Drover.Core.Tests.Fakes;

namespace Drover.Core.Tests;

public sealed class RegionMapTests
{
    private const ulong Page = 4096;
    private const ulong Base = 0x2000_0000_0000;
    private const AttachRights Both = AttachRights.Read | AttachRights.Write;

    private readonly World _world = new();
    private readonly FakeDomain _owner;
    private readonly FakeDomain _other;
    private readonly FakeThread _thread;

    public RegionMapTests()
    {
        _owner = _world.Domain("owner");
        _other = _world.Domain("other");
        _owner.Furnish();
        _other.Furnish();
        _thread = _owner.Thread();
    }

    [Fact]
    public async Task Nested_maps_show_dataspaces_at_offsets_with_the_rights_of_all_on_the_way()
    {
        Dataspace meadow = Memory(4, 1);
        RegionMapObject inner = Map(8);
        RegionMapObject outer = Map(16);
        Ok(inner.Attach(meadow, Page, 3 * Page, 2 * Page, Both));
        Ok(inner.Attach(meadow, 0, Page, 6 * Page, AttachRights.Read));
        Ok(outer.Attach(inner.Dataspace, 2 * Page, 5 * Page, 3 * Page, Both));
        Ok(_owner.Domain.Attach(outer.Dataspace, Page, 15 * Page, Base, Both));
        Ok(_owner.Domain.Attach(outer.Dataspace, 0, 16 * Page, Base + (64 * Page), AttachRights.Read));
        await Mapped(outer);

        // Outer page 3 is inner page 2 is page 1 of the meadow; the first window begins at outer page 1.
        Assert.True(_owner.AddressSpace.TryWrite(Base + (2 * Page), 77));
        Assert.Equal<byte?>(77, _owner.AddressSpace.Read(Base + (67 * Page)));
        Assert.False(_owner.AddressSpace.TryWrite(Base + (67 * Page), 1));
        Assert.False(_owner.AddressSpace.TryWrite(Base + (6 * Page), 1));
        Assert.Equal<byte?>(1, _owner.AddressSpace.Read(Base + (6 * Page)));
        Assert.Null(_owner.AddressSpace.Read(Base));
        Assert.Null(_owner.AddressSpace.Read(Base + (5 * Page)));
        Assert.Null(_owner.AddressSpace.Read(Base + (72 * Page)));
    }

    [Fact]
    public async Task What_is_detached_inside_is_gone_in_every_address_space()
    {
        Dataspace meadow = Memory(2, 5);
        RegionMapObject inner = Map(4);
        RegionMapObject outer = Map(4);
        Ok(outer.Attach(inner.Dataspace, 0, 4 * Page, 0, Both));
        Ok(_owner.Domain.Attach(outer.Dataspace, 0, 4 * Page, Base, Both));
        Ok(_other.Domain.Attach(outer.Dataspace, 0, 4 * Page, Base, Both));
        Ok(inner.Attach(meadow, 0, 2 * Page, Page, Both));
        await Mapped(inner);
        Assert.Equal<byte?>(5, _owner.AddressSpace.Read(Base + Page));
        Assert.Equal<byte?>(5, _other.AddressSpace.Read(Base + Page));

        Assert.True(inner.Detach(Page).Succeeded);
        await Mapped(inner);

        Assert.Empty(_owner.AddressSpace.Pages());
        Assert.Empty(_other.AddressSpace.Pages());
        Assert.Equal(AttachError.InvalidRange, inner.Detach(Page).Error);
    }

    [Fact]
    public async Task Freed_dataspaces_and_ended_owners_leave_no_access_and_no_charge_behind()
    {
        Dataspace meadow = Memory(2, 5);
        Dataspace pond = Memory(2, 6);
        RegionMapObject map = Map(8);
        Ok(map.Attach(meadow, 0, 2 * Page, 0, Both));
        Ok(map.Attach(pond, 0, 2 * Page, 4 * Page, Both));
        Ok(_other.Domain.Attach(map.Dataspace, 0, 8 * Page, Base, Both));
        await Mapped(map);
        _other.Port.Mapped.UnionWith([meadow.Inode, pond.Inode]);
        _other.Thread();

        _owner.Domain.DestroyObject(meadow);
        await Mapped(map);
        Assert.Null(_other.AddressSpace.Read(Base));
        Assert.Equal<byte?>(6, _other.AddressSpace.Read(Base + (4 * Page)));
        // The other one still has it mapped somewhere: its owner goes on paying until it has not.
        Assert.False(_owner.Domain.ReclaimFreedMemory());
        _other.Port.Mapped.Clear();
        Assert.True(_owner.Domain.ReclaimFreedMemory());

        ulong own = _other.Domain.CapabilityAccount.Used;
        _owner.Domain.Destroy();
        await Task.Run(async () =>
        {
            while (_other.AddressSpace.Pages().Count > 0)
                await Task.Yield();
        }).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(own - 1, _other.Domain.CapabilityAccount.Used);
        Assert.False(map.IsAlive);
        Assert.False(map.Dataspace.IsAlive);
        Assert.Equal(AttachError.WrongKind, map.Attach(pond, 0, Page, 0, Both).Error);
        Assert.Equal(AttachError.WrongKind, _other.Domain.Attach(map.Dataspace, 0, Page, Base, Both).Error);
        Assert.Empty(_world.Faults);
    }

    [Fact]
    public void Region_map_contains_itself_by_no_way_round()
    {
        RegionMapObject[] maps = [Map(4), Map(4), Map(4)];
        Ok(maps[0].Attach(maps[1].Dataspace, 0, Page, 0, Both));
        Ok(maps[1].Attach(maps[2].Dataspace, 0, Page, 0, Both));

        Assert.Equal(AttachError.Nesting, maps[0].Attach(maps[0].Dataspace, 0, Page, Page, Both).Error);
        Assert.Equal(AttachError.Nesting, maps[2].Attach(maps[0].Dataspace, 0, Page, Page, Both).Error);
        Assert.Equal(AttachError.Nesting, maps[2].Attach(maps[1].Dataspace, 0, Page, Page, Both).Error);
        // The same one twice is no circle, and what was detached is in no way any more.
        Ok(maps[0].Attach(maps[2].Dataspace, 0, Page, Page, Both));
        Assert.True(maps[0].Detach(0).Succeeded);
        Assert.True(maps[0].Detach(Page).Succeeded);
        Ok(maps[2].Attach(maps[0].Dataspace, 0, Page, Page, Both));
    }

    [Fact]
    public void Region_maps_are_nested_only_so_deep_from_whichever_end_they_grow()
    {
        RegionMapObject[] maps = [.. Enumerable.Range(0, RegionMap.MaximumNesting + 1).Select(_ => Map(2))];
        for (int i = 0; i + 2 < maps.Length; i++)
            Ok(maps[i].Attach(maps[i + 1].Dataspace, 0, Page, 0, Both));

        Assert.Equal(AttachError.Nesting, maps[^2].Attach(maps[^1].Dataspace, 0, Page, 0, Both).Error);
        Assert.Equal(AttachError.Nesting, maps[^1].Attach(maps[0].Dataspace, 0, Page, 0, Both).Error);
        Ok(maps[^3].Attach(maps[^1].Dataspace, 0, Page, Page, Both));
    }

    [Fact]
    public void Attachments_are_charged_to_the_owner_of_the_map_and_given_back()
    {
        FakeDomain poor = _world.Domain("poor", capabilities: 4);
        RegionMapObject map = poor.Domain.CreateRegionMap(8 * Page).Value;
        Dataspace meadow = Memory(1, 1);
        ulong before = poor.Domain.CapabilityAccount.Used;
        ulong others = _owner.Domain.CapabilityAccount.Used;

        for (ulong i = 0; i < 3; i++)
            Ok(map.Attach(meadow, 0, Page, i * Page, Both));
        Assert.Equal(AttachError.OutOfCapabilities, map.Attach(meadow, 0, Page, 5 * Page, Both).Error);
        Assert.Equal(AllocationError.OutOfCapabilities, poor.Domain.CreateRegionMap(Page).Error);
        Assert.True(map.Detach(0).Succeeded);

        Assert.Equal(before + 2, poor.Domain.CapabilityAccount.Used);
        Assert.True(poor.Domain.DestroyObject(map).Succeeded);
        Assert.Equal(before - 1, poor.Domain.CapabilityAccount.Used);
        Assert.Equal(others, _owner.Domain.CapabilityAccount.Used);
    }

    [Theory]
    [InlineData(1, Page, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(0, Page, 1)]
    [InlineData(0, 0, 0)]
    [InlineData(4 * Page, Page, 0)]
    [InlineData(Page, 4 * Page, 0)]
    [InlineData(0, Page, 8 * Page)]
    [InlineData(0, 2 * Page, 7 * Page)]
    [InlineData(ulong.MaxValue - Page + 1, Page, 0)]
    [InlineData(0, ulong.MaxValue - Page + 1, 0)]
    [InlineData(0, Page, ulong.MaxValue - Page + 1)]
    public void Ranges_outside_map_or_dataspace_are_refused(ulong offset, ulong length, ulong at)
    {
        RegionMapObject map = Map(8);
        Assert.Equal(AttachError.InvalidRange, map.Attach(Memory(4, 1), offset, length, at, Both).Error);
        Assert.Equal(AttachError.InvalidRange, map.Attach(Map(4).Dataspace, offset, length, at, Both).Error);
    }

    [Fact]
    public void What_may_not_be_attached_is_refused()
    {
        RegionMapObject map = Map(8);
        Dataspace meadow = Memory(4, 1);
        Dataspace rom = _world.Kernel.CreateRomDataspace(new FakeMemory(Page, 9), "rom", new FakeMemory(Page, 8));
        Ok(map.Attach(meadow, 0, 2 * Page, 2 * Page, Both));

        Assert.Equal(AttachError.WrongKind, map.Attach(_owner.Domain.Table, 0, Page, 0, Both).Error);
        Assert.Equal(AttachError.ReadOnly, map.Attach(rom, 0, Page, 0, Both).Error);
        Assert.Equal(AttachError.Occupied, map.Attach(meadow, 0, 2 * Page, Page, Both).Error);
        Assert.Equal(AttachError.Occupied, map.Attach(meadow, 0, Page, 3 * Page, Both).Error);
        Assert.Equal(AttachError.InvalidRange, map.Attach(meadow, 0, Page, 0, 0).Error);
        Assert.Equal(AttachError.InvalidRange, map.Attach(meadow, 0, Page, 0, AttachRights.Write).Error);
        Assert.Equal(AttachError.InvalidRange, map.Attach(meadow, 0, Page, 0, (AttachRights)7).Error);
        Assert.Equal(AllocationError.InvalidArgument, _owner.Domain.CreateRegionMap(0).Error);
        Assert.Equal(AllocationError.InvalidArgument, _owner.Domain.CreateRegionMap(ulong.MaxValue).Error);
        Assert.Equal(AllocationError.WrongKind, _other.Domain.DestroyObject(map).Error);
    }

    [Fact]
    public async Task More_pieces_than_can_be_mapped_leave_the_rest_without_access()
    {
        Dataspace meadow = Memory(1, 3);
        RegionMapObject[] maps = [Map(16), Map(256), Map(4096), Map(65536)];
        for (ulong i = 0; i < 16; i++)
        {
            Ok(maps[0].Attach(meadow, 0, Page, i * Page, AttachRights.Read));
            for (int level = 1; level < maps.Length; level++)
                Ok(maps[level].Attach(maps[level - 1].Dataspace, 0, maps[level - 1].LengthBytes, i * maps[level - 1].LengthBytes, Both));
        }

        Ok(_owner.Domain.Attach(maps[^1].Dataspace, 0, maps[^1].LengthBytes, Base, Both));
        await Mapped(maps[^1]);

        Assert.Equal(4096, _owner.AddressSpace.Pages().Count);
        Assert.Equal<byte?>(3, _owner.AddressSpace.Read(Base + (4095 * Page)));
        Assert.Null(_owner.AddressSpace.Read(Base + (4096 * Page)));
        Assert.Contains("pieces", Assert.Single(_world.Faults).Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_thread_is_answered_when_the_change_is_made_and_not_while_its_domain_stands_still()
    {
        RegionMapObject map = Map(2);
        Ok(_owner.Domain.Attach(map.Dataspace, 0, 2 * Page, Base, Both));
        uint selector = _owner.Hold(map);
        await Mapped(map);
        _owner.AddressSpace.Open.Reset();
        Ok(map.Attach(Memory(1, 8), 0, Page, 0, Both));

        Assert.Null(_thread.Private(PrivateCall.AwaitMappings, selector, 0, ++_thread.Sequence));
        Assert.Null(_thread.Reissue());
        _owner.Domain.FinishServing(TimeSpan.FromSeconds(30));
        _owner.AddressSpace.Open.Set();
        await Task.Run(async () =>
        {
            while (_owner.AddressSpace.Read(Base) != 8)
                await Task.Yield();
        }).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Null(_thread.Answer);

        _owner.Domain.GoOn();

        Assert.Equal(CallStatus.Ok, (await Answered(_thread)).Status);
    }

    [Fact]
    public async Task Process_without_room_is_told_so()
    {
        RegionMapObject map = Map(2);
        Ok(_owner.Domain.Attach(map.Dataspace, 0, 2 * Page, Base, Both));
        uint selector = _owner.Hold(map);
        await Mapped(map);
        _owner.AddressSpace.HasNoRoom = change => change.Memory is not null;
        Ok(map.Attach(Memory(1, 8), 0, Page, 0, Both));

        _thread.Private(PrivateCall.AwaitMappings, selector, 0, ++_thread.Sequence);

        Assert.Equal(CallStatus.OutOfMemory, (await Answered(_thread)).Status);
        Assert.Null(_owner.AddressSpace.Read(Base));
    }

    [Fact]
    public async Task Another_process_without_room_or_without_life_is_no_failure_of_who_attaches()
    {
        RegionMapObject map = Map(4);
        Ok(_owner.Domain.Attach(map.Dataspace, 0, 4 * Page, Base, Both));
        Ok(_other.Domain.Attach(map.Dataspace, 0, 4 * Page, Base, Both));
        await Mapped(map);
        _other.AddressSpace.HasNoRoom = change => change.Memory is not null;
        Ok(map.Attach(Memory(1, 8), 0, Page, 0, Both));
        await Mapped(map);
        _other.AddressSpace.HasNoRoom = _ => throw new ObjectDisposedException("process");
        Ok(map.Attach(Memory(1, 9), 0, Page, Page, Both));
        await Mapped(map);

        Assert.Equal<byte?>(8, _owner.AddressSpace.Read(Base));
        Assert.Equal<byte?>(9, _owner.AddressSpace.Read(Base + Page));
        Assert.Null(_other.AddressSpace.Read(Base));
        Assert.Empty(_world.Faults);
    }

    [Fact]
    public async Task Managed_attachment_is_mapped_by_the_node_and_others_come_as_descriptors()
    {
        RegionMapObject map = Map(2);
        Ok(map.Attach(Memory(2, 4), 0, 2 * Page, 0, Both));
        uint managed = _owner.Domain.Attach(map.Dataspace, 0, 2 * Page, Base, Both).Value;
        uint plain = _owner.Domain.Attach(Memory(1, 9), 0, Page, Base + (8 * Page), Both).Value;

        _thread.Private(PrivateCall.MapAttachment, managed, 0, ++_thread.Sequence);
        CallResult first = await Answered(_thread);
        _thread.Private(PrivateCall.MapAttachment, plain, 0, ++_thread.Sequence);
        CallResult second = await Answered(_thread);
        _thread.Private(PrivateCall.AwaitMappings, 9999, 0, ++_thread.Sequence);
        CallResult third = await Answered(_thread);
        _thread.Private(PrivateCall.AwaitMappings, _owner.Hold(map.Dataspace), 0, ++_thread.Sequence);
        CallResult fourth = await Answered(_thread);

        Assert.Equal(new CallResult(CallStatus.Ok, AttachmentInfo.MappedByNode), first);
        Assert.Equal<byte?>(4, _owner.AddressSpace.Read(Base + Page));
        Assert.Equal((CallStatus.Ok, 1), (second.Status, _thread.Port.Descriptors.Count));
        Assert.Null(_owner.AddressSpace.Read(Base + (8 * Page)));
        Assert.Equal(CallStatus.NoSuchSelector, third.Status);
        Assert.Equal(CallStatus.WrongKind, fourth.Status);
    }

    private static void Ok(Attempt<uint, AttachError> attempt) => Assert.True(attempt.Succeeded, $"{attempt}");

    private static async Task<CallResult> Answered(FakeThread thread) =>
        await thread.Port.WhenAnswered(thread.CallId).WaitAsync(TimeSpan.FromSeconds(30));

    private RegionMapObject Map(ulong pages) => _owner.Domain.CreateRegionMap(pages * Page).Value;

    /// <summary>Memory each page of which begins with a byte.</summary>
    private Dataspace Memory(ulong pages, byte first)
    {
        Dataspace dataspace = _owner.Domain.CreateDataspace(pages * Page).Value;
        Assert.True(dataspace.TryLease(out DataspaceLease? lease));
        using (lease)
        {
            for (ulong i = 0; i < pages; i++)
                lease.Memory.Span(i * Page, 1)[0] = first;
        }

        return dataspace;
    }

    private async Task Mapped(RegionMapObject map)
    {
        _thread.Private(PrivateCall.AwaitMappings, _owner.Selector(map), 0, ++_thread.Sequence);
        Assert.Equal(CallStatus.Ok, (await Answered(_thread)).Status);
    }
}
