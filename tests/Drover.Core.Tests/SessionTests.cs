using Drover.Contracts;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.Services;
using Drover.Core.Tests.Fakes;

namespace Drover.Core.Tests;

/// <summary>Each call goes through UTCB, gate and generated dispatcher.</summary>
public sealed class SessionTests
{
    private readonly World _world = new();
    private readonly FakeDomain _domain;
    private readonly FakeThread _thread;
    private readonly IPdSession _pd;
    private readonly IRmSession _rm;

    public SessionTests()
    {
        _domain = _world.Domain("component", ram: 64 * 4096, capabilities: 40);
        _domain.Domain.Install(_world.Kernel.CreateService<IPdSession>(new PdSession(_domain.Domain), ServiceMode.Inline, "PD"), WellKnownSelectors.Pd);
        _domain.Domain.Install(_world.Kernel.CreateService<IRmSession>(new RmSession(_domain.Domain), ServiceMode.Inline, "RM"), WellKnownSelectors.Rm);
        _thread = _domain.Thread();
        _pd = ComponentCapability.Of<IPdSession>(_thread, WellKnownSelectors.Pd).Client;
        _rm = ComponentCapability.Of<IRmSession>(_thread, WellKnownSelectors.Rm).Client;
    }

    [Fact]
    public void A_dataspace_is_rounded_up_charged_and_given_back()
    {
        Capability<IDataspace> dataspace = _pd.AllocateDataspace(4097).Value;
        Assert.Equal(8192ul, dataspace.Client.LengthBytes());
        Assert.True(dataspace.Client.Writable());
        Assert.Equal(8192ul, _pd.RamQuota().Used);
        Assert.True(_pd.FreeDataspace(dataspace).Succeeded);
        Assert.Equal(0ul, _pd.RamQuota().Used);
        var gone = Assert.Throws<RpcException>(() => dataspace.Client.LengthBytes());
        Assert.Equal(CallStatus.PeerGone, gone.Status);
        Assert.Equal(AllocationError.WrongKind, _pd.FreeDataspace(dataspace).Error);
    }

    [Theory]
    [InlineData(0, AllocationError.InvalidArgument)]
    [InlineData(ulong.MaxValue, AllocationError.InvalidArgument)]
    [InlineData((ulong)long.MaxValue - 4096, AllocationError.OutOfMemory)]
    [InlineData((64 * 4096) + 1, AllocationError.OutOfMemory)]
    public void A_dataspace_that_cannot_be_is_refused(ulong lengthBytes, AllocationError error)
    {
        Assert.Equal(error, _pd.AllocateDataspace(lengthBytes).Error);
        Assert.Equal(0ul, _pd.RamQuota().Used);
    }

    [Fact]
    public void Gates_end_with_the_capability_quota_and_each_costs_a_slot_and_an_object()
    {
        ulong before = _pd.CapabilityQuota().Used;
        Assert.True(_pd.CreateGate(0, 1).Succeeded);
        Assert.Equal(before + 2, _pd.CapabilityQuota().Used);
        Assert.Equal(AllocationError.InvalidArgument, _pd.CreateGate(64, 1).Error);
        Attempt<Capability<IObject>, AllocationError> made;
        int count = 1;
        while ((made = _pd.CreateGate(0, 2)).Succeeded)
            count++;
        Assert.Equal(AllocationError.OutOfCapabilities, made.Error);
        Assert.Equal((int)(40 - before) / 2, count);
        Assert.Equal(count, _domain.Domain.Describe().Gates.Count);
    }

    [Fact]
    public void Attachments_are_checked()
    {
        const ulong at = 0x2000_0000_0000;
        Capability<IDataspace> dataspace = _pd.AllocateDataspace(4 * 4096).Value;
        Assert.True(_rm.Attach(dataspace, 4096, 8192, at, AttachRights.Read | AttachRights.Write).Succeeded);
        Assert.Equal(AttachError.Occupied, Try(0, 4096, at + 4096));
        Assert.Equal(AttachError.Occupied, Try(0, 8192, at - 4096));
        Assert.Equal(AttachError.Occupied, Try(0, 4096, UtcbLayout.AreaAddress + 4096));
        Assert.Equal(AttachError.InvalidRange, Try(0, 0, at + 0x10000));
        Assert.Equal(AttachError.InvalidRange, Try(1, 4096, at + 0x10000));
        Assert.Equal(AttachError.InvalidRange, Try(0, 4096, at + 0x10001));
        Assert.Equal(AttachError.InvalidRange, Try(8192, 12288, at + 0x10000));
        Assert.Equal(AttachError.InvalidRange, Try(unchecked((ulong)-4096), 8192, at + 0x10000));
        Assert.Equal(AttachError.InvalidRange, Try(0, 4096, 0));
        Assert.Equal(AttachError.InvalidRange, Try(0, 4096, 0x10000));
        Assert.Equal(AttachError.InvalidRange, Try(0, 8192, 0x7fff_ffff_e000));
        Assert.Equal(AttachError.InvalidRange, Try(0, 4096, unchecked((ulong)-4096)));
        Assert.Equal(AttachError.InvalidRange, Try(0, 4096, at + 0x10000, AttachRights.Write));
        Assert.Equal(CallStatus.MalformedMessage, Assert.Throws<RpcException>(() => Try(0, 4096, at + 0x10000, (AttachRights)4)).Status);
        Assert.Equal(AttachError.WrongKind, _rm.Attach(ComponentCapability.Of<IDataspace>(_thread, WellKnownSelectors.Pd), 0, 4096, at, AttachRights.Read).Error);
        Assert.True(_rm.Detach(at).Succeeded);
        Assert.Equal(AttachError.InvalidRange, _rm.Detach(at).Error);
        Assert.True(_rm.Attach(dataspace, 0, 16384, at - 4096, AttachRights.Read).Succeeded);

        AttachError Try(ulong offset, ulong length, ulong address, AttachRights rights = AttachRights.Read) =>
            _rm.Attach(dataspace, offset, length, address, rights).Error;
    }

    [Fact]
    public void Mapping_an_attachment_gives_the_descriptor_that_its_rights_allow_and_again_if_issued_again()
    {
        Capability<IDataspace> dataspace = _pd.AllocateDataspace(8192).Value;
        uint readable = _rm.Attach(dataspace, 0, 4096, 0x2000_0000_0000, AttachRights.Read).Value;
        uint writable = _rm.Attach(dataspace, 0, 4096, 0x2000_0001_0000, AttachRights.Read | AttachRights.Write).Value;
        FakeMemory memory = _world.Platform.Memories[^1];
        _thread.Private(PrivateCall.MapAttachment, readable, 0, ++_thread.Sequence);
        _thread.Reissue();
        _thread.Private(PrivateCall.MapAttachment, writable, 0, ++_thread.Sequence);
        Assert.Equal(
            [memory.ReadOnlyDescriptor, memory.ReadOnlyDescriptor, memory.Descriptor],
            _domain.Port.Descriptors.Select(given => given.Descriptor));
    }

    [Fact]
    public void Freed_memory_that_is_still_mapped_stays_charged_until_it_is_not()
    {
        Capability<IDataspace> dataspace = _pd.AllocateDataspace(40 * 4096).Value;
        uint attachment = _rm.Attach(dataspace, 0, 4096, 0x2000_0000_0000, AttachRights.Read).Value;
        _thread.Private(PrivateCall.MapAttachment, attachment, 0, ++_thread.Sequence);
        ulong inode = _world.Platform.Memories[^1].Inode;
        _domain.Port.Mapped.Add(inode);
        Assert.True(_pd.FreeDataspace(dataspace).Succeeded);
        Assert.Equal(40ul * 4096, _pd.RamQuota().Used);
        Assert.Equal(AllocationError.OutOfMemory, _pd.AllocateDataspace(40 * 4096).Error);
        Assert.Equal(0ul, _domain.Domain.Describe().Ram.Used);
        _domain.Port.Mapped.Remove(inode);
        Assert.True(_pd.AllocateDataspace(40 * 4096).Succeeded);
        Assert.Equal(40ul * 4096, _pd.RamQuota().Used);
    }

    [Fact]
    public void The_dataspace_of_the_tables_is_one_and_can_be_attached_at_home_only()
    {
        Capability<IDataspace> table = _pd.CapabilitySpaceDataspace();
        Assert.Equal(((ComponentCapability)table.Owner).Selector, ((ComponentCapability)_pd.CapabilitySpaceDataspace().Owner).Selector);
        Assert.True(_rm.Attach(table, 0, (ulong)TableLayout.TotalBytes, 0x3000_0000_0000, AttachRights.Read | AttachRights.Write).Succeeded);
        var elsewhere = new RmSession(_world.Domain("other").Domain);
        using Capability<IDataspace> nodeSide = _domain.Domain.Table.ToCapability<IDataspace>();
        Assert.Equal(AttachError.WrongKind, elsewhere.Attach(nodeSide, 0, 4096, 0x3000_0000_0000, AttachRights.Read).Error);
    }

    [Fact]
    public void A_ROM_is_read_only_and_padded()
    {
        using var roms = new RomRegistry(_world.Platform);
        RomModule module = roms.Add("config", "hello"u8.ToArray());
        Assert.Equal("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", module.Sha256);
        uint selector = _domain.Hold(_world.Kernel.CreateService<IRomSession>(roms.Open(_world.Kernel, "config")!, ServiceMode.Inline, "ROM config"));
        IRomSession rom = ComponentCapability.Of<IRomSession>(_thread, selector).Client;
        Assert.Equal(5ul, rom.LengthBytes());
        Capability<IDataspace> content = rom.Dataspace();
        Assert.False(content.Client.Writable());
        Assert.Equal(AttachError.ReadOnly, _rm.Attach(content, 0, 4096, 0x2000_0000_0000, AttachRights.Read | AttachRights.Write).Error);
        Assert.True(_rm.Attach(content, 0, 4096, 0x2000_0000_0000, AttachRights.Read).Succeeded);
        Assert.Equal(AllocationError.WrongKind, _pd.FreeDataspace(content).Error);
        Assert.Throws<ArgumentException>(() => roms.Add("config", [1]));
        Assert.Same(module, roms.Add("config", "hello"u8.ToArray()));
    }

    [Fact]
    public void A_module_that_was_given_away_is_void_when_its_session_closes_and_its_memory_stays_while_it_is_read()
    {
        var roms = new RomRegistry(_world.Platform);
        roms.Add("config", "hello"u8.ToArray());
        FakeMemory memory = _world.Platform.Memories[^1];
        RomSession first = roms.Open(_world.Kernel, "config")!;
        RomSession second = roms.Open(_world.Kernel, "config")!;
        Assert.Null(roms.Open(_world.Kernel, "other"));
        FakeDomain other = _world.Domain("other");
        uint held = other.Hold(first.Content);
        uint heldToo = other.Hold(second.Content);
        FakeThread thread = other.Thread();
        Assert.True(other.Domain.Attach(first.Content, 0, 4096, 0x2000_0000_0000, AttachRights.Read).Succeeded);
        Assert.True(other.Domain.Attach(second.Content, 0, 4096, 0x2000_0001_0000, AttachRights.Read).Succeeded);

        first.Dispose();

        Assert.Equal(CallStatus.PeerGone, thread.Call(held)!.Value.Status);
        Assert.Equal(second.Content.Badge.Value, Assert.Single(other.Domain.Describe().Attachments).DataspaceBadge);
        Assert.True(second.Content.TryLease(out DataspaceLease? lease));
        roms.Dispose();
        Assert.Equal(CallStatus.PeerGone, thread.Call(heldToo)!.Value.Status);
        Assert.Empty(other.Domain.Describe().Attachments);
        Assert.Equal("hello"u8, lease.Memory.Span(0, 5));
        lease.Dispose();
        Assert.True(memory.IsDisposed);
    }

    [Fact]
    public void Threads_are_listed_by_slot_with_name_and_affinity()
    {
        FakeThread second = _domain.Thread();
        _domain.Port.Threads[_thread.HostThreadId] = ("main", [3]);
        _domain.Port.Threads[second.HostThreadId] = ("worker", [1]);
        uint selector = _domain.Hold(_world.Kernel.CreateService<ICpuSession>(new CpuSession(_domain.Domain), ServiceMode.Inline, "CPU"));
        ICpuSession cpu = ComponentCapability.Of<ICpuSession>(_thread, selector).Client;
        byte[] slots = cpu.ThreadSlots();
        Assert.Equal(128, slots.Length);
        Assert.Equal(3, slots[0]);
        Assert.All(slots[1..], bits => Assert.Equal(0, bits));
        Assert.Equal("worker", cpu.ThreadName((uint)second.Slot).Value);
        Assert.Equal([3], cpu.ThreadAffinity((uint)_thread.Slot).Value);
        Assert.True(cpu.SetThreadAffinity((uint)_thread.Slot, [2]).Succeeded);
        Assert.Equal([2], cpu.ThreadAffinity((uint)_thread.Slot).Value);
        Assert.Equal(ThreadError.NoSuchProcessor, cpu.SetThreadAffinity((uint)_thread.Slot, [0]).Error);
        Assert.Equal(ThreadError.NoSuchThread, cpu.ThreadName(2).Error);
        Assert.Equal(ThreadError.NoSuchThread, cpu.ThreadAffinity(uint.MaxValue).Error);
        Assert.Equal(ThreadError.NoSuchThread, cpu.SetThreadAffinity(1024, [1]).Error);
    }

    [Fact]
    public void A_log_is_split_into_lines_without_control_characters_and_bounded()
    {
        var sink = new LogLines();
        var log = new LogSession(sink, "sheep");
        log.Write("one\r\ntw");
        log.Write("o\u001b[31m\nthr");
        Assert.Equal([("sheep", "one"), ("sheep", "two\ufffd[31m")], sink.Lines);
        Assert.Equal("thr", log.PartialLine);
        new LogSession(sink, "sheep", log.PartialLine).Write("ee\n");
        Assert.Equal(("sheep", "three"), sink.Lines[2]);
        log.Flush();
        log.Write(new string('x', 3 * LogSession.MaximumLineLength));
        Assert.All(sink.Lines.Skip(4), written => Assert.Equal(LogSession.MaximumLineLength, written.Line.Length));
        Assert.Equal(7, sink.Lines.Count);
    }

    [Fact]
    public void A_malformed_request_gets_a_status_from_the_generated_dispatcher()
    {
        Assert.Equal(CallStatus.NoSuchMethod, _thread.Call(WellKnownSelectors.Pd, 0xffff_ffff_ffff)!.Value.Status);
        Assert.NotEqual(CallStatus.Ok, _thread.Private(PrivateCall.Call, WellKnownSelectors.Pd, 0, ++_thread.Sequence)!.Value.Status);
    }
}
