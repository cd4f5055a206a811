using Drover.Contracts.Abi;
using Drover.Core.Ipc;
using Drover.Core.Tests.Fakes;

namespace Drover.Core.Tests;

public sealed class CallTests
{
    private readonly World _world = new();
    private readonly FakeDomain _server;
    private readonly FakeDomain _client;
    private readonly Gate _gate;
    private readonly uint _selector;

    public CallTests()
    {
        _server = _world.Domain("server");
        _client = _world.Domain("client");
        _gate = _server.Gate(label: 7);
        _selector = _client.Hold(_gate);
    }

    [Fact]
    public void A_request_reaches_a_waiting_thread_with_badge_and_label_and_its_reply_comes_back()
    {
        FakeThread serving = _server.Thread();
        FakeThread calling = _client.Thread();
        Assert.Null(serving.Wait());

        Assert.Null(calling.Call(_selector, 41));
        Assert.Equal(new CallResult(CallStatus.Ok, new MessageInfo(8, 0).Value), serving.Answer);
        Assert.Equal((_gate.Badge.Value, 7ul, 41ul), (serving.Badge, serving.Label, serving.Word));

        Assert.Null(serving.ReplyAndWait(42));
        Assert.Equal(new CallResult(CallStatus.Ok, new MessageInfo(8, 0).Value), calling.Answer);
        Assert.Equal(42ul, calling.Word);
    }

    [Fact]
    public void A_reply_without_waiting_is_sent_once_and_the_thread_serves_no_more()
    {
        FakeThread serving = _server.Thread();
        FakeThread calling = _client.Thread();
        serving.Wait();
        calling.Call(_selector, 41);
        serving.Word = 42;
        ulong reply = new CallResult(CallStatus.Ok, new MessageInfo(8, 0).Value).Value;
        Assert.Equal(CallStatus.Ok, serving.Private(PrivateCall.Reply, reply, 0, ++serving.Sequence)!.Value.Status);
        Assert.Equal(42ul, calling.Word);
        Assert.Equal(CallStatus.Ok, calling.Answer!.Value.Status);
        Assert.Null(calling.Call(_selector, 43));
        Assert.Equal(CallStatus.Ok, serving.Reissue()!.Value.Status);
        Assert.Null(calling.Answer);
        Assert.Equal(CallStatus.Ok, serving.Private(PrivateCall.Reply, reply, 0, ++serving.Sequence)!.Value.Status);
        Assert.Null(calling.Answer);
    }

    [Fact]
    public void Requests_wait_in_order_until_a_thread_comes()
    {
        FakeThread first = _client.Thread();
        FakeThread second = _client.Thread();
        Assert.Null(first.Call(_selector, 1));
        Assert.Null(second.Call(_selector, 2));

        FakeThread serving = _server.Thread();
        Assert.NotNull(serving.Wait());
        Assert.Equal(1ul, serving.Word);
        Assert.NotNull(serving.ReplyAndWait(10));
        Assert.Equal(2ul, serving.Word);
        Assert.Null(serving.ReplyAndWait(20));
        Assert.Equal((10ul, 20ul), (first.Word, second.Word));
    }

    [Fact]
    public void The_thread_that_served_last_serves_next_and_others_serve_what_comes_meanwhile()
    {
        FakeThread first = _server.Thread();
        FakeThread second = _server.Thread();
        FakeThread third = _server.Thread();
        foreach (FakeThread thread in new[] { first, second, third })
            Assert.Null(thread.Wait());
        FakeThread calling = _client.Thread();
        for (ulong word = 1; word <= 3; word++)
        {
            calling.Call(_selector, word);
            Assert.Equal(word, third.Word);
            Assert.Null(third.ReplyAndWait(word + 10));
            Assert.Equal(word + 10, calling.Word);
        }

        calling.Call(_selector, 4);
        _client.Thread().Call(_selector, 5);
        _client.Thread().Call(_selector, 6);
        Assert.Equal((6ul, 5ul, 4ul), (first.Word, second.Word, third.Word));

        // Whoever is interrupted and waits again may come before others, but is there once only.
        Assert.Null(second.ReplyAndWait(15));
        Assert.Null(first.ReplyAndWait(16));
        Assert.Null(second.Reissue());
        FakeThread last = _client.Thread();
        last.Call(_selector, 7);
        Assert.Equal(7ul, first.Word);
        last = _client.Thread();
        last.Call(_selector, 8);
        Assert.Equal(8ul, second.Word);
        last = _client.Thread();
        Assert.Null(last.Call(_selector, 9));
        Assert.Equal((7ul, 8ul, 4ul), (first.Word, second.Word, third.Word));
    }

    [Fact]
    public void Requests_go_to_their_gates_entrypoint_only()
    {
        FakeThread serving = _server.Thread();
        Assert.Null(serving.Wait(entrypoint: 1));
        Assert.Null(_client.Thread().Call(_selector));
        Assert.Null(serving.Answer);
    }

    [Fact]
    public void What_a_thread_may_not_do_is_refused_by_a_status()
    {
        FakeThread thread = _client.Thread();
        Assert.Equal(CallStatus.NoSuchSelector, thread.Call(999)!.Value.Status);
        Assert.Equal(CallStatus.NoSuchSelector, thread.Call(0)!.Value.Status);
        Assert.Equal(CallStatus.NoSuchSelector, thread.Private(PrivateCall.Call, ulong.MaxValue, 0, 100)!.Value.Status);
        Assert.Equal(CallStatus.NoSuchSelector, thread.Call(_selector, 0, 999)!.Value.Status);
        Assert.Equal(CallStatus.MessageTooLong, thread.Private(PrivateCall.Call, _selector, UtcbLayout.DataBytes + 1, 101)!.Value.Status);
        Assert.Equal(CallStatus.MessageTooLong, thread.Private(PrivateCall.Call, _selector, 17 << 16, 102)!.Value.Status);
        Assert.Equal(CallStatus.MessageTooLong, thread.Private(PrivateCall.Call, _selector, ulong.MaxValue, 103)!.Value.Status);
        Assert.Equal(CallStatus.InvalidArgument, thread.Private(PrivateCall.ReplyAndWait, 64, 0, 104)!.Value.Status);
        Assert.Equal(CallStatus.InvalidArgument, thread.Private((PrivateCall)3400, 0, 0, 105)!.Value.Status);
        Assert.Equal(CallStatus.InvalidArgument, thread.Private(PrivateCall.MapAttachment, 5, 0, 106)!.Value.Status);
        Assert.Equal(CallStatus.WrongKind, thread.Private(PrivateCall.SignalWait, _selector, 0, 107)!.Value.Status);
        Assert.Equal(CallStatus.VersionMismatch, thread.Private(PrivateCall.Startup, 99, 0, 0)!.Value.Status);
        Assert.Empty(_world.Faults);
    }

    [Fact]
    public void A_thread_that_did_not_start_up_is_refused()
    {
        var stranger = new FakeThread(_client.Domain, _client.Port, 5, startup: false);
        Assert.Equal(CallStatus.NotAttached, stranger.Call(_selector)!.Value.Status);
    }

    [Fact]
    public void There_are_as_many_known_threads_as_UTCBs_and_an_exit_makes_room()
    {
        for (int i = 0; i < UtcbLayout.SlotCount; i++)
            Assert.Equal(i, new FakeThread(_client.Domain, _client.Port, 5000 + i).Slot);
        var tooMany = new FakeThread(_client.Domain, _client.Port, 9999, startup: false);
        Assert.Equal(CallStatus.NotAttached, tooMany.Private(PrivateCall.Startup, AbiVersion.Current, 0, 0)!.Value.Status);

        _client.Domain.ThreadExits(_client.Port, 5003);
        Assert.Equal(3, new FakeThread(_client.Domain, _client.Port, 9999).Slot);
    }

    [Fact]
    public void A_reply_that_cannot_be_sent_is_refused_and_can_be_sent_again()
    {
        FakeThread serving = _server.Thread();
        FakeThread calling = _client.Thread();
        serving.Wait();
        calling.Call(_selector);
        Assert.Equal(CallStatus.NoSuchSelector, serving.ReplyAndWait(1, 0, 4242)!.Value.Status);
        Assert.Null(calling.Answer);
        Assert.Null(serving.ReplyAndWait(2));
        Assert.Equal(2ul, calling.Word);
    }

    [Fact]
    public void A_capability_arrives_once_and_then_in_the_slot_it_has()
    {
        FakeThread serving = _server.Thread();
        FakeThread calling = _client.Thread();
        Gate other = _client.Gate(1);
        uint held = _client.Hold(other);
        serving.Wait();
        calling.Call(_selector, 0, held);
        (uint selector, ulong badge) = serving.Arrived(0);
        Assert.Equal(other.Badge.Value, badge);
        Assert.Same(other, _server.Domain.Held(selector));

        serving.ReplyAndWait(0, 0, selector);
        Assert.Equal((held, other.Badge.Value), calling.Arrived(0));

        calling.Call(_selector, 0, held);
        Assert.Equal(selector, serving.Arrived(0).Selector);
        serving.ReplyAndWait(0);

        FakeThread another = _server.Thread();
        Assert.Equal(CallStatus.InvalidArgument, another.Release(selector, 3));
        Assert.Equal(CallStatus.Ok, another.Release(selector));
        Assert.NotNull(_server.Domain.Held(selector));
        Assert.Equal(CallStatus.Ok, another.Release(selector));
        Assert.Null(_server.Domain.Held(selector));
        Assert.Equal(CallStatus.NoSuchSelector, another.Release(selector));
    }

    [Fact]
    public void A_caller_whose_server_thread_ends_is_told()
    {
        FakeThread serving = _server.Thread();
        FakeThread calling = _client.Thread();
        serving.Wait();
        calling.Call(_selector);
        _server.Domain.ThreadExits(_server.Port, serving.HostThreadId);
        Assert.Equal(CallStatus.PeerGone, calling.Answer!.Value.Status);
    }

    [Fact]
    public void When_a_domain_ends_those_served_and_those_waiting_are_told_and_its_gates_are_void()
    {
        FakeThread serving = _server.Thread();
        FakeThread served = _client.Thread();
        FakeThread waiting = _client.Thread();
        serving.Wait();
        served.Call(_selector);
        waiting.Call(_selector);
        _server.Domain.Destroy();
        Assert.Equal(CallStatus.PeerGone, served.Answer!.Value.Status);
        Assert.Equal(CallStatus.PeerGone, waiting.Answer!.Value.Status);
        Assert.Equal(CallStatus.PeerGone, served.Call(_selector)!.Value.Status);
        Assert.Equal(2, _world.Platform.LiveMemories);
    }

    [Fact]
    public void When_the_calling_domain_ends_the_reply_is_dropped_and_the_server_goes_on()
    {
        FakeThread serving = _server.Thread();
        serving.Wait();
        _client.Thread().Call(_selector);
        _client.Domain.Destroy();
        Assert.Null(serving.ReplyAndWait(1));
        Assert.Empty(_world.Faults);
    }

    [Fact]
    public void A_dissolved_gate_fails_what_waits_for_it_and_nothing_else()
    {
        uint other = _client.Hold(_server.Gate(8));
        FakeThread waiting = _client.Thread();
        FakeThread waitingForOther = _client.Thread();
        waiting.Call(_selector);
        waitingForOther.Call(other);
        Assert.True(_server.Domain.DestroyObject(_gate).Succeeded);
        Assert.Equal(CallStatus.PeerGone, waiting.Answer!.Value.Status);
        Assert.Null(waitingForOther.Answer);
    }

    [Fact]
    public void A_message_that_does_not_fit_the_receivers_quota_fails_the_call_and_leaves_no_trace()
    {
        FakeDomain poor = _world.Domain("poor", capabilities: 3);
        uint gate = _client.Hold(poor.Gate(1));
        FakeThread serving = poor.Thread();
        serving.Wait();
        FakeThread calling = _client.Thread();
        uint[] held = [_client.Hold(_client.Gate(1)), _client.Hold(_client.Gate(2)), _client.Hold(_client.Gate(3))];
        Assert.Equal(CallStatus.OutOfCapabilities, calling.Call(gate, 0, held)!.Value.Status);
        Assert.Null(serving.Answer);
        Assert.Null(calling.Call(gate, 5, held[0], held[1]));
        Assert.Equal(5ul, serving.Word);
    }

    [Fact]
    public void The_dataspace_of_the_tables_cannot_be_delegated()
    {
        uint table = _client.Hold(_client.Domain.Table);
        _server.Thread().Wait();
        Assert.Equal(CallStatus.Denied, _client.Thread().Call(_selector, 0, table)!.Value.Status);
    }
}
