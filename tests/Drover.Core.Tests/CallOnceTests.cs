using Drover.Contracts.Abi;
using Drover.Core.Tests.Fakes;

namespace Drover.Core.Tests;

public sealed class CallOnceTests
{
    private readonly World _world = new();
    private readonly FakeDomain _server;
    private readonly FakeDomain _client;
    private readonly uint _selector;

    public CallOnceTests()
    {
        _server = _world.Domain("server");
        _client = _world.Domain("client");
        _selector = _client.Hold(_server.Gate(1));
    }

    [Fact]
    public void A_call_interrupted_in_the_queue_is_served_once_and_answered_under_its_new_id()
    {
        FakeThread calling = _client.Thread();
        calling.Call(_selector, 5);
        calling.Reissue();
        FakeThread serving = _server.Thread();
        Assert.NotNull(serving.Wait());
        calling.Reissue();
        Assert.Null(serving.ReplyAndWait(6));
        Assert.Equal(CallStatus.Ok, calling.Answer!.Value.Status);
        Assert.Equal(6ul, calling.Word);
    }

    [Fact]
    public void An_answer_that_did_not_arrive_is_given_again()
    {
        FakeThread serving = _server.Thread();
        FakeThread calling = _client.Thread();
        serving.Wait();
        calling.Call(_selector, 5);
        CallResult request = serving.Answer!.Value;
        Assert.Equal(request, serving.Reissue());
        Assert.Equal(5ul, serving.Word);

        calling.Port.Interrupt(calling.CallId);
        Assert.Null(serving.ReplyAndWait(6));
        Assert.Null(calling.Answer);
        Assert.Equal(CallStatus.Ok, calling.Reissue()!.Value.Status);
        Assert.Equal(CallStatus.Ok, calling.Reissue()!.Value.Status);
        Assert.Equal(6ul, calling.Word);
    }

    [Fact]
    public void A_reply_is_sent_once_however_often_its_call_is_issued()
    {
        FakeThread serving = _server.Thread();
        FakeThread calling = _client.Thread();
        serving.Wait();
        calling.Call(_selector, 1);
        serving.ReplyAndWait(10);
        Assert.Null(calling.Call(_selector, 2));
        Assert.Equal(2ul, serving.Word);
        Assert.NotNull(serving.Reissue());
        Assert.Null(calling.Answer);
    }

    [Fact]
    public void A_release_is_done_once()
    {
        FakeThread thread = _client.Thread();
        Assert.Equal(CallStatus.Ok, thread.Release(_selector));
        Assert.Equal(CallStatus.Ok, thread.Reissue()!.Value.Status);
    }

    [Fact]
    public void The_reply_to_a_call_that_was_given_up_answers_nothing()
    {
        FakeThread serving = _server.Thread();
        FakeThread calling = _client.Thread();
        serving.Wait();
        calling.Call(_selector, 1);
        Assert.Null(calling.Call(_selector, 2));
        Assert.NotNull(serving.ReplyAndWait(10));
        Assert.Null(calling.Answer);
        serving.ReplyAndWait(20);
        Assert.Equal(20ul, calling.Word);
    }

    [Fact]
    public void A_new_thread_in_a_freed_slot_does_not_get_the_old_threads_reply()
    {
        FakeThread serving = _server.Thread();
        FakeThread old = _client.Thread();
        serving.Wait();
        old.Call(_selector, 1);
        _client.Domain.ThreadExits(_client.Port, old.HostThreadId);

        FakeThread young = _client.Thread();
        Assert.Equal(old.Slot, young.Slot);
        young.Call(_selector, 2);
        Assert.NotNull(serving.ReplyAndWait(10));
        Assert.Null(young.Answer);
    }

    [Fact]
    public void The_same_number_for_another_call_is_refused()
    {
        FakeThread calling = _client.Thread();
        calling.Call(_selector);
        Assert.Equal(
            CallStatus.InvalidArgument,
            calling.Private(PrivateCall.Release, _selector, 1, calling.Sequence)!.Value.Status);
    }
}
