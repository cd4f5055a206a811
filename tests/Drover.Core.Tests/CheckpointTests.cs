using System.Buffers.Binary;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.Signals;
using Drover.Core.State;
using Drover.Core.Tests.Fakes;

namespace Drover.Core.Tests;

public sealed class CheckpointTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly World _source = new();
    private readonly FakeDomain _domain;
    private readonly FakeDomain _peer;
    private readonly FakeThread _thread;
    private readonly Gate _gate;

    public CheckpointTests()
    {
        _domain = _source.Domain("sheep");
        _peer = _source.Domain("peer");
        _thread = _domain.Thread();
        _gate = _domain.Gate(label: 7, entrypoint: 3);
    }

    [Fact]
    public void Each_object_gets_a_new_badge_and_stands_at_its_old_selector()
    {
        Dataspace dataspace = _domain.Domain.CreateDataspace(8192).Value;
        SignalSource source = _domain.Domain.CreateSignalSource().Value;
        SignalContext context = _domain.Domain.CreateSignalContext(source, 99).Value;
        Gate foreign = _peer.Gate(1);
        Gate dissolved = _domain.Gate(8);
        KernelObject[] held = [_gate, _domain.Domain.Table, dataspace, source, context, foreign, dissolved];
        foreach (KernelObject each in held)
            _domain.Hold(each);
        _domain.Domain.DestroyObject(dissolved);
        _domain.Domain.Attach(dataspace, 4096, 4096, 0x2000_0000_0000, AttachRights.Read);
        context.Submit(3);
        DomainState before = Stopped();

        var target = new World();
        FakeDomain newPeer = target.Domain("peer");
        using DomainRestoration restoration = Begin(target, before);
        Assert.Equal([foreign.Badge.Value], restoration.MissingBadges);
        restoration.Provide(foreign.Badge.Value, newPeer.Gate(1));
        restoration.Complete();
        ProtectionDomain restored = restoration.Commit();
        DomainState after = restored.Describe();

        Assert.Equal(
            before.CapabilitySpace.Select(slot => slot with { Badge = 0 }),
            after.CapabilitySpace.Select(slot => slot with { Badge = 0 }));
        Assert.Empty(before.CapabilitySpace.Select(slot => slot.Badge).Intersect(after.CapabilitySpace.Select(slot => slot.Badge)));
        Assert.All(before.CapabilitySpace.Zip(after.CapabilitySpace), pair =>
            Assert.Equal(pair.Second.Badge, restoration.Objects[pair.First.Badge].Badge.Value));
        Assert.Equal((before.Ram, before.Capabilities), (after.Ram, after.Capabilities));
        Assert.Equal((3u, 7ul), (after.Gates[0].Entrypoint, after.Gates[0].Label));
        Assert.Equal((99ul, 3ul), (after.SignalContexts[0].Imprint, after.SignalContexts[0].Pending));
        Assert.Equal(
            before.Attachments.Select(each => each with { DataspaceBadge = 0, DataspaceInode = 0 }),
            after.Attachments.Select(each => each with { DataspaceBadge = 0, DataspaceInode = 0 }));
    }

    [Fact]
    public void Selectors_are_right_even_if_the_target_gave_the_old_badges_to_other_objects()
    {
        Gate other = _domain.Gate(8);
        uint selector = _domain.Hold(_gate);
        uint otherSelector = _domain.Hold(other);
        DomainState before = Stopped();
        // The table, then both gates, crosswise.
        var forced = new World(new KernelOptions
        {
            Badges = new ForcedBadges([new Badge(1), other.Badge, _gate.Badge], new NodeBadges(5)),
        });
        using DomainRestoration restoration = Begin(forced, before);
        restoration.Complete();
        ProtectionDomain restored = restoration.Commit();
        Assert.Equal(other.Badge, restored.Held(selector)!.Badge);
        Assert.Equal(7ul, ((Gate)restored.Held(selector)!).Label);
        Assert.Equal(8ul, ((Gate)restored.Held(otherSelector)!).Label);
    }

    [Fact]
    public void A_waiting_thread_waits_again_and_serves_the_next_request()
    {
        _thread.Wait(entrypoint: 3);
        DomainState before = Stopped();
        var target = new World();
        (FakeDomain restored, DomainRestoration restoration) = Restore(target, before);
        FakeDomain client = target.Domain("client");
        FakeThread calling = client.Thread();
        calling.Call(client.Hold(restoration.Objects[_gate.Badge.Value]), 5);
        restored.Domain.GoOn();

        FakeThread rebuilt = restored.RebuiltThread(_thread.HostThreadId, _thread.Slot, _thread.Sequence);
        CallResult? request = rebuilt.Private(PrivateCall.ReplyAndWait, 3, 0, rebuilt.Sequence);
        Assert.Equal(CallStatus.Ok, request!.Value.Status);
        Assert.Equal((5ul, 7ul), (rebuilt.Word, rebuilt.Label));
        rebuilt.ReplyAndWait(6, 3);
        Assert.Equal(6ul, calling.Word);
    }

    [Fact]
    public void An_answered_thread_gets_its_kept_answer_and_the_badges_in_its_UTCB_are_new()
    {
        _domain.Thread();
        Gate foreign = _peer.Gate(1);
        _thread.Wait(entrypoint: 3);
        _peer.Thread().Call(_peer.Hold(_gate), 5, _peer.Hold(foreign));
        DomainState before = Stopped();
        Assert.Equal(RecordedPhase.Answered, before.Threads[0].Phase);
        (uint selector, ulong badge) = _thread.Arrived(0);
        Assert.Equal(foreign.Badge.Value, badge);

        var target = new World();
        Gate newForeign = target.Domain("peer").Gate(1);
        (FakeDomain restored, DomainRestoration restoration) = Restore(target, before, (foreign, newForeign));
        restored.Domain.GoOn();
        FakeThread rebuilt = restored.RebuiltThread(_thread.HostThreadId, _thread.Slot, _thread.Sequence);
        Assert.Equal(_thread.Answer, rebuilt.Private(PrivateCall.ReplyAndWait, 3, 0, rebuilt.Sequence));
        Assert.Equal((restoration.Objects[_gate.Badge.Value].Badge.Value, 5ul), (rebuilt.Badge, rebuilt.Word));
        Assert.Equal((selector, newForeign.Badge.Value), rebuilt.Arrived(0));
        // The caller stayed behind: the reply goes nowhere.
        Assert.Null(rebuilt.ReplyAndWait(1, 3));
        Assert.Empty(target.Faults);
    }

    [Fact]
    public void What_the_component_wrote_over_a_badge_stays()
    {
        _thread.Wait(entrypoint: 3);
        _peer.Thread().Call(_peer.Hold(_gate), 5);
        BinaryPrimitives.WriteUInt64LittleEndian(_thread.Utcb, 0x1234);
        DomainState before = Stopped();
        (FakeDomain restored, _) = Restore(new World(), before);
        Assert.Equal(0x1234ul, restored.RebuiltThread(_thread.HostThreadId, _thread.Slot, 0).Badge);
    }

    [Fact]
    public void A_call_that_a_peer_outside_serves_fails_as_PeerRestored_and_one_that_nobody_got_is_made_anew()
    {
        FakeThread serving = _peer.Thread();
        serving.Wait();
        Gate foreign = _peer.Gate(1);
        uint selector = _domain.Hold(foreign);
        FakeThread queued = _domain.Thread();
        _thread.Call(selector, 1);
        queued.Call(selector, 2);
        DomainState before = Stopped();

        var target = new World();
        FakeDomain newPeer = target.Domain("peer");
        (FakeDomain restored, _) = Restore(target, before, (foreign, newPeer.Gate(1)));
        restored.Domain.GoOn();
        FakeThread rebuilt = restored.RebuiltThread(_thread.HostThreadId, _thread.Slot, _thread.Sequence);
        FakeThread rebuiltQueued = restored.RebuiltThread(queued.HostThreadId, queued.Slot, queued.Sequence);
        uint info = new MessageInfo(8, 0).Value;
        Assert.Equal(CallStatus.PeerRestored, rebuilt.Private(PrivateCall.Call, selector, info, rebuilt.Sequence)!.Value.Status);
        Assert.Null(rebuiltQueued.Private(PrivateCall.Call, selector, info, rebuiltQueued.Sequence));
        FakeThread newServing = newPeer.Thread();
        newServing.Wait();
        Assert.Equal(2ul, newServing.Word);

        // The source goes on as if nothing had happened.
        _domain.Domain.GoOn();
        serving.ReplyAndWait(10);
        serving.ReplyAndWait(20);
        Assert.Equal((10ul, 20ul), (_thread.Word, queued.Word));
    }

    [Fact]
    public void A_call_between_two_threads_of_the_domain_goes_on()
    {
        FakeThread serving = _domain.Thread();
        serving.Wait(entrypoint: 3);
        uint selector = _domain.Hold(_gate);
        _thread.Call(selector, 1);
        DomainState before = Stopped();
        (FakeDomain restored, _) = Restore(new World(), before);
        restored.Domain.GoOn();
        FakeThread calling = restored.RebuiltThread(_thread.HostThreadId, _thread.Slot, _thread.Sequence);
        FakeThread server = restored.RebuiltThread(serving.HostThreadId, serving.Slot, serving.Sequence);
        Assert.Null(calling.Private(PrivateCall.Call, selector, new MessageInfo(8, 0).Value, calling.Sequence));
        Assert.NotNull(server.Private(PrivateCall.ReplyAndWait, 3, 0, server.Sequence));
        Assert.Null(server.ReplyAndWait(42, 3));
        Assert.Equal(CallStatus.Ok, calling.Answer!.Value.Status);
        Assert.Equal(42ul, calling.Word);
    }

    [Fact]
    public void Signals_that_nobody_took_are_delivered_once_to_the_thread_that_waited()
    {
        SignalSource source = _domain.Domain.CreateSignalSource().Value;
        SignalContext context = _domain.Domain.CreateSignalContext(source, 99).Value;
        uint selector = _domain.Hold(source);
        _thread.SignalWait(selector);
        _domain.Domain.FinishServing(Patience);
        context.Submit(3);
        DomainState before = _domain.Domain.Describe();
        (FakeDomain restored, _) = Restore(new World(), before);
        restored.Domain.GoOn();
        FakeThread rebuilt = restored.RebuiltThread(_thread.HostThreadId, _thread.Slot, _thread.Sequence);
        Assert.NotNull(rebuilt.Private(PrivateCall.SignalWait, selector, 0, rebuilt.Sequence));
        Assert.Equal((99ul, 3ul), (rebuilt.Word, BinaryPrimitives.ReadUInt64LittleEndian(rebuilt.Utcb[(UtcbLayout.DataOffset + 8)..])));
        Assert.Null(rebuilt.SignalWait(selector));
    }

    [Fact]
    public void Nothing_changes_in_a_stopped_domain_until_it_goes_on()
    {
        FakeThread serving = _peer.Thread();
        serving.Wait();
        uint selector = _domain.Hold(_peer.Gate(1));
        _thread.Call(selector, 1);
        FakeThread server = _domain.Thread();
        server.Wait(entrypoint: 3);
        DomainState stopped = Stopped();
        byte[] utcbs = _domain.Domain.UtcbMemory.Span(0, 8192).ToArray();

        serving.ReplyAndWait(10);
        FakeThread calling = _peer.Thread();
        calling.Call(_peer.Hold(_gate), 5);
        Assert.Null(_domain.RebuiltThread(1, 0, 0).TryRelease(selector));
        Assert.Equivalent(stopped.CapabilitySpace, _domain.Domain.Describe().CapabilitySpace);
        Assert.True(utcbs.AsSpan(0, 8192).SequenceEqual(_domain.Domain.UtcbMemory.Span(0, 8192)));

        _domain.Domain.GoOn();
        Assert.Equal(5ul, server.Word);
        server.ReplyAndWait(6, 3);
        Assert.Equal(6ul, calling.Word);
    }

    [Fact]
    public async Task Serving_is_finished_before_the_domain_is_described()
    {
        var slow = new SlowDispatcher();
        uint selector = _domain.Hold(_source.Kernel.CreateServiceGate(slow, ServiceMode.Deferred, "slow"));
        Assert.Null(_thread.Call(selector, 1));
        Task finishing = Task.Run(() => _domain.Domain.FinishServing(Patience));
        Assert.False(finishing.IsCompleted);
        slow.Release.Set();
        await finishing.WaitAsync(Patience);
        ThreadIpcState state = _domain.Domain.Describe().Threads[0];
        Assert.Equal(RecordedPhase.Answered, state.Phase);
        Assert.Equal(CallStatus.Ok, new CallResult(state.Answer).Status);
    }

    [Fact]
    public void A_service_that_takes_too_long_lets_the_domain_go_on()
    {
        var slow = new SlowDispatcher();
        _thread.Call(_domain.Hold(_source.Kernel.CreateServiceGate(slow, ServiceMode.Deferred, "slow")), 1);
        Assert.Throws<TimeoutException>(() => _domain.Domain.FinishServing(TimeSpan.FromMilliseconds(1)));
        Assert.False(_domain.Domain.IsStopped);
        slow.Release.Set();
    }

    [Fact]
    public void A_state_that_does_not_hold_together_is_refused_and_leaves_nothing_behind()
    {
        SignalSource source = _domain.Domain.CreateSignalSource().Value;
        _domain.Domain.CreateSignalContext(source, 1);
        _domain.Domain.CreateDataspace(4096);
        _domain.Domain.Attach((Dataspace)_domain.Domain.OwnedObject(_domain.Domain.Describe().Dataspaces[0].Badge)!, 0, 4096, 0x2000_0000_0000, AttachRights.Read);
        _domain.Hold(_gate);
        FakeThread serving = _domain.Thread();
        serving.Wait(3);
        DomainState good = Stopped();
        var target = new World();
        Refuse(good with { CapabilitySpace = [good.CapabilitySpace[0], good.CapabilitySpace[0]] });
        Refuse(good with { CapabilitySpace = [good.CapabilitySpace[0] with { Selector = 1 << 20 }] });
        Refuse(good with { CapabilitySpace = [good.CapabilitySpace[0] with { Selector = 0 }] });
        Refuse(good with { CapabilitySpace = [good.CapabilitySpace[0] with { Badge = 77 }] });
        Refuse(good with { CapabilitySpace = [good.CapabilitySpace[0] with { Kind = KernelObjectKind.Dataspace }] });
        Refuse(good with { CapabilitySpace = [good.CapabilitySpace[0] with { Deliveries = 0 }] });
        Refuse(good with { Gates = [good.Gates[0], good.Gates[0]] });
        Refuse(good with { Gates = [good.Gates[0] with { Entrypoint = 64 }] });
        Refuse(good with { Dataspaces = [good.Dataspaces[0] with { LengthBytes = ulong.MaxValue & ~4095ul }] });
        Refuse(good with { Dataspaces = [good.Dataspaces[0] with { LengthBytes = 5 }] });
        Refuse(good with { SignalContexts = [good.SignalContexts[0] with { SourceBadge = 5 }] });
        Refuse(good with { Attachments = [good.Attachments[0], good.Attachments[0]] });
        Refuse(good with { Attachments = [good.Attachments[0] with { LengthBytes = 8192 }] });
        Refuse(good with { Threads = [good.Threads[0], good.Threads[0]] });
        Refuse(good with { Threads = [good.Threads[0] with { Slot = 1024 }] });
        Refuse(good with { Threads = [good.Threads[1] with { Entrypoint = -1 }] });
        Refuse(good with { Threads = [good.Threads[1] with { Phase = (RecordedPhase)9 }] });
        Refuse(good with { Threads = [good.Threads[1] with { IsServing = true, ServedSlot = 5 }] });
        Assert.Equal(0, target.Platform.LiveMemories);

        void Refuse(DomainState bad) => Assert.Throws<DomainStateException>(() =>
        {
            using DomainRestoration restoration = Begin(target, bad);
            restoration.Complete();
        });
    }

    [Fact]
    public void A_state_is_refused_if_the_quota_does_not_suffice()
    {
        _domain.Domain.CreateDataspace(8192);
        DomainState state = Stopped();
        var target = new World();
        Assert.Throws<DomainStateException>(() => target.Kernel.BeginRestore(state, Options(target, ram: 4096)));
        Assert.Equal(0, target.Platform.LiveMemories);
    }

    private static DomainOptions Options(World world, ulong ram) => new()
    {
        Name = "restored",
        RamQuotaBytes = ram,
        CapabilityQuota = 1000,
        Platform = world.Platform,
    };

    private static DomainRestoration Begin(World target, DomainState state) =>
        target.Kernel.BeginRestore(state, Options(target, state.Ram.Limit));

    private DomainState Stopped()
    {
        _domain.Domain.FinishServing(Patience);
        return _domain.Domain.Describe();
    }

    private (FakeDomain Domain, DomainRestoration Restoration) Restore(
        World target, DomainState state, params (KernelObject Old, KernelObject Now)[] provided)
    {
        DomainRestoration restoration = Begin(target, state);
        foreach ((KernelObject old, KernelObject now) in provided)
            restoration.Provide(old.Badge.Value, now);
        _domain.Domain.UtcbMemory.Span(0, 16 * UtcbLayout.SlotBytes).CopyTo(restoration.Domain.UtcbMemory.Span(0, 16 * UtcbLayout.SlotBytes));
        restoration.Complete();
        return (new FakeDomain(target, restoration.Commit()), restoration);
    }

    private sealed class SlowDispatcher : IRpcDispatcher
    {
        public ManualResetEventSlim Release { get; } = new();

        public object Target => this;

        public CallStatus Dispatch(MessageBuffer message, out Exception? fault)
        {
            fault = null;
            Release.Wait(Patience);
            return CallStatus.Ok;
        }
    }
}
