using Drover.Contracts.Abi;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.State;
using Drover.Core.Tests.Fakes;

namespace Drover.Core.Tests;

/// <summary>Domains that are captured and restored together.</summary>
public sealed class GroupTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly World _source = new();
    private readonly World _target = new();
    private readonly FakeDomain _client;
    private readonly FakeDomain _server;
    private readonly FakeThread _calling;
    private readonly FakeThread _serving;
    private readonly Gate _gate;
    private readonly uint _selector;

    public GroupTests()
    {
        _client = _source.Domain("client");
        _server = _source.Domain("server");
        _calling = _client.Thread();
        // Another slot than the caller's.
        _server.Thread();
        _serving = _server.Thread();
        _gate = _server.Gate(label: 7, entrypoint: 3);
        _selector = _client.Hold(_gate);
    }

    [Fact]
    public void A_call_that_another_member_serves_goes_on_and_completes_once()
    {
        _serving.Wait(3);
        _calling.Call(_selector, 5);
        (DomainState client, DomainState server) = Captured();
        Assert.Equal(RecordedPhase.CallingOutside, client.Threads.Single().Phase);

        (FakeDomain newClient, FakeDomain newServer) = Restore(client, server);

        FakeThread calling = newClient.RebuiltThread(_calling.HostThreadId, _calling.Slot, _calling.Sequence);
        FakeThread serving = newServer.RebuiltThread(_serving.HostThreadId, _serving.Slot, _serving.Sequence);
        Assert.Null(calling.Private(PrivateCall.Call, _selector, new MessageInfo(8, 0).Value, calling.Sequence));
        Assert.Equal(_serving.Answer, serving.Private(PrivateCall.ReplyAndWait, 3, 0, serving.Sequence));
        serving.ReplyAndWait(6, 3);
        Assert.Equal((CallStatus.Ok, 6ul), (calling.Answer!.Value.Status, calling.Word));
        // The right was for one reply.
        Assert.Null(serving.Reissue());
        Assert.Null(calling.Call(_selector, 8));
        Assert.Equal(8ul, serving.Word);
    }

    [Fact]
    public void A_call_that_nobody_took_is_made_anew_and_served_once()
    {
        _calling.Call(_selector, 5);
        (DomainState client, DomainState server) = Captured();
        (FakeDomain newClient, FakeDomain newServer) = Restore(client, server);

        FakeThread calling = newClient.RebuiltThread(_calling.HostThreadId, _calling.Slot, _calling.Sequence);
        FakeThread serving = newServer.Thread();
        serving.Wait(3);
        Assert.Null(serving.Answer);
        calling.Private(PrivateCall.Call, _selector, new MessageInfo(8, 0).Value, calling.Sequence);
        Assert.Equal((5ul, 7ul), (serving.Word, serving.Label));
        Assert.Null(serving.ReplyAndWait(6, 3));
        Assert.Equal(6ul, calling.Word);
    }

    [Fact]
    public void A_reply_that_was_under_way_between_members_has_arrived()
    {
        _serving.Wait(3);
        _calling.Call(_selector, 5);
        _client.Domain.FinishServing(Patience);
        _serving.ReplyAndWait(6, 3);
        _server.Domain.FinishServing(Patience);
        IReadOnlyList<DomainState> states = _source.Kernel.Capture([_client.Domain, _server.Domain]);
        (FakeDomain newClient, _) = Restore(states[0], states[1]);

        FakeThread calling = newClient.RebuiltThread(_calling.HostThreadId, _calling.Slot, _calling.Sequence);
        CallResult? answer = calling.Private(PrivateCall.Call, _selector, new MessageInfo(8, 0).Value, calling.Sequence);
        Assert.Equal((CallStatus.Ok, 6ul), (answer!.Value.Status, calling.Word));
    }

    [Fact]
    public void Without_its_server_a_call_fails_and_without_its_caller_a_reply_goes_nowhere()
    {
        _serving.Wait(3);
        _calling.Call(_selector, 5);
        (DomainState client, DomainState server) = Captured();
        using DomainRestoration alone = Begin(client);
        alone.Provide(_gate.Badge.Value, _target.Domain("other").Gate(1));
        alone.Complete();
        FakeDomain newClient = new(_target, alone.Commit());
        using DomainRestoration other = Begin(server);
        other.Complete();
        FakeDomain newServer = new(_target, other.Commit());
        newClient.Domain.GoOn();
        newServer.Domain.GoOn();

        FakeThread calling = newClient.RebuiltThread(_calling.HostThreadId, _calling.Slot, _calling.Sequence);
        FakeThread serving = newServer.RebuiltThread(_serving.HostThreadId, _serving.Slot, _serving.Sequence);
        CallResult? answer = calling.Private(PrivateCall.Call, _selector, new MessageInfo(8, 0).Value, calling.Sequence);
        Assert.Equal(CallStatus.PeerRestored, answer!.Value.Status);
        // A later call waits for its own answer.
        Assert.Null(calling.Call(_selector, 9));
        serving.Private(PrivateCall.ReplyAndWait, 3, 0, serving.Sequence);
        Assert.Null(serving.ReplyAndWait(6, 3));
        Assert.Null(calling.Answer);
    }

    [Fact]
    public void An_object_of_another_member_is_the_same_for_both_and_arrives_at_its_slot()
    {
        _serving.Wait(3);
        Gate own = _client.Gate(1);
        uint ownSelector = _client.Hold(own);
        uint lent = _server.Hold(own);
        Dataspace memory = _server.Domain.CreateDataspace(4096).Value;
        _client.Hold(memory);
        _client.Domain.Attach(memory, 0, 4096, 0x2000_0000_0000, Contracts.Sessions.AttachRights.Read);
        (DomainState client, DomainState server) = Captured();
        (FakeDomain newClient, FakeDomain newServer) = Restore(client, server);

        Assert.Same(newClient.Domain.Held(ownSelector), newServer.Domain.Held(lent));
        FakeThread calling = newClient.RebuiltThread(_calling.HostThreadId, _calling.Slot, _calling.Sequence);
        FakeThread serving = newServer.RebuiltThread(_serving.HostThreadId, _serving.Slot, _serving.Sequence);
        calling.Call(_selector, 5);
        serving.Private(PrivateCall.ReplyAndWait, 3, 0, serving.Sequence);
        serving.ReplyAndWait(6, 3, lent);
        Assert.Equal((ownSelector, newClient.Domain.Held(ownSelector)!.Badge.Value), calling.Arrived(0));
        Assert.Equal([newClient.Domain], _target.Kernel.SharersOf((Dataspace)newServer.Domain.OwnedObject(newServer.Domain.Describe().Dataspaces[0].Badge)!, newServer.Domain));
    }

    [Fact]
    public void Forged_reply_rights_are_refused_and_leave_nothing_behind()
    {
        _serving.Wait(3);
        _calling.Call(_selector, 5);
        (DomainState client, DomainState server) = Captured();
        ThreadIpcState right = server.Threads[1];
        Assert.True(right is { IsServing: true, ServedSlot: 0 });

        Refused(server with { Threads = [server.Threads[0], right with { ServedSequence = right.ServedSequence + 1 }] });
        Refused(server with { Threads = [server.Threads[0], right with { ServedSlot = 1 }] });
        Refused(server with { Threads = [server.Threads[0], right with { ServedSlot = int.MaxValue }] });
        Refused(server with { Threads = [server.Threads[0] with { IsServing = true, ServedSlot = 0, ServedSequence = right.ServedSequence, ServedDomainBadge = right.ServedDomainBadge }, right] });
        Refused(server with { Threads = [server.Threads[0], right with { Phase = RecordedPhase.Waiting, Entrypoint = 3 }] });
        Refused(server with { Threads = [server.Threads[0], right with { ServedDomainBadge = 0 }] });
        Refused(server with { TableBadge = client.TableBadge });
        Assert.Equal(0, _target.Platform.LiveMemories);

        void Refused(DomainState forged) => Assert.Throws<DomainStateException>(() => Restore(client, forged));
    }

    [Fact]
    public void A_right_to_answer_a_domain_that_is_not_restored_answers_nobody()
    {
        _serving.Wait(3);
        _calling.Call(_selector, 5);
        (DomainState client, DomainState server) = Captured();
        ThreadIpcState right = server.Threads[1];

        (FakeDomain newClient, _) = Restore(client, server with { Threads = [server.Threads[0], right with { ServedDomainBadge = 0x1234 }] });

        FakeThread calling = newClient.RebuiltThread(_calling.HostThreadId, _calling.Slot, _calling.Sequence);
        CallResult? answer = calling.Private(PrivateCall.Call, _selector, new MessageInfo(8, 0).Value, calling.Sequence);
        Assert.Equal(CallStatus.PeerRestored, answer!.Value.Status);
    }

    [Fact]
    public void Only_domains_that_stand_still_are_captured()
    {
        _client.Domain.FinishServing(Patience);
        Assert.Throws<InvalidOperationException>(() => _source.Kernel.Capture([_client.Domain, _server.Domain]));
    }

    [Fact]
    public void Callers_of_a_domain_that_goes_on_elsewhere_are_told_whether_served_or_in_line()
    {
        _serving.Wait(3);
        _calling.Call(_selector, 5);
        FakeThread queued = _client.Thread();
        queued.Call(_selector, 6);

        _server.Domain.Destroy(CallStatus.PeerRestored);

        Assert.Equal(CallStatus.PeerRestored, _calling.Answer!.Value.Status);
        Assert.Equal(CallStatus.PeerRestored, queued.Answer!.Value.Status);
        Assert.Equal(CallStatus.PeerGone, queued.Call(_selector, 7)!.Value.Status);
    }

    private (DomainState Client, DomainState Server) Captured()
    {
        _client.Domain.FinishServing(Patience);
        _server.Domain.FinishServing(Patience);
        IReadOnlyList<DomainState> states = _source.Kernel.Capture([_client.Domain, _server.Domain]);
        return (states[0], states[1]);
    }

    private DomainRestoration Begin(DomainState state) => _target.Kernel.BeginRestore(state, new DomainOptions
    {
        Name = state.Name,
        RamQuotaBytes = state.Ram.Limit,
        CapabilityQuota = state.Capabilities.Limit,
        Platform = _target.Platform,
    });

    private (FakeDomain Client, FakeDomain Server) Restore(DomainState client, DomainState server)
    {
        using DomainRestoration first = Begin(client);
        using DomainRestoration second = Begin(server);
        Link(first, second);
        Link(second, first);
        Copy(_client, first);
        Copy(_server, second);
        DomainRestoration.Complete([first, second]);
        FakeDomain newClient = new(_target, first.Commit());
        FakeDomain newServer = new(_target, second.Commit());
        newClient.Domain.GoOn();
        newServer.Domain.GoOn();
        return (newClient, newServer);
    }

    private static void Link(DomainRestoration from, DomainRestoration to)
    {
        foreach (ulong badge in to.MissingBadges)
        {
            if (from.Objects.TryGetValue(badge, out KernelObject? now))
                to.Provide(badge, now);
        }
    }

    private static void Copy(FakeDomain from, DomainRestoration to) =>
        from.Domain.UtcbMemory.Span(0, 16 * UtcbLayout.SlotBytes).CopyTo(to.Domain.UtcbMemory.Span(0, 16 * UtcbLayout.SlotBytes));
}
