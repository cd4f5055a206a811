using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Core.Ipc;
using Drover.Core.State;
using Drover.Core.Tests.Fakes;

namespace Drover.Core.Tests;

/// <summary>What happens to calls of a domain that stands still for a checkpoint.</summary>
public sealed class StandstillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly World _world = new();
    private readonly FakeDomain _domain;
    private readonly FakeDomain _peer;
    private readonly FakeThread _thread;
    private readonly FakeThread _serving;
    private readonly uint _selector;

    public StandstillTests()
    {
        _domain = _world.Domain("sheep");
        _peer = _world.Domain("peer");
        _thread = _domain.Thread();
        _serving = _peer.Thread();
        _selector = _domain.Hold(_peer.Gate(1));
    }

    [Fact]
    public void A_reply_that_came_while_the_domain_stood_still_is_a_kept_answer_in_its_capture()
    {
        Gate given = _peer.Gate(2);
        uint givenSelector = _peer.Hold(given);
        _serving.Wait();
        _thread.Call(_selector, 1);
        _domain.Domain.FinishServing(Patience);
        _serving.ReplyAndWait(10, 0, givenSelector);

        DomainState captured = Captured();

        ThreadIpcState state = captured.Threads.Single();
        Assert.Equal(RecordedPhase.Answered, state.Phase);
        Assert.Equal(new CallResult(CallStatus.Ok, new MessageInfo(8, 1).Value).Value, state.Answer);
        Assert.Equal(10ul, _thread.Word);
        // The capability that came with it is in the same description.
        (uint selector, ulong badge) = _thread.Arrived(0);
        Assert.Contains(captured.CapabilitySpace, slot => slot.Selector == selector && slot.Badge == badge && slot.Deliveries == 1);
        Assert.Equal([new ArrivedCapability(selector, given.Badge.Value)], state.Arrival.Capabilities);

        _domain.Domain.GoOn();
        Assert.Equal(new CallResult(CallStatus.Ok, new MessageInfo(8, 1).Value), _thread.Reissue());
    }

    [Fact]
    public void A_reply_that_comes_after_the_capture_waits_until_the_domain_goes_on()
    {
        _serving.Wait();
        _thread.Call(_selector, 1);
        _domain.Domain.FinishServing(Patience);
        Assert.Equal(RecordedPhase.CallingOutside, Captured().Threads.Single().Phase);

        _serving.ReplyAndWait(10);
        Assert.Equal(1ul, _thread.Word);
        _domain.Domain.GoOn();
        Assert.Equal(10ul, _thread.Word);
    }

    [Fact]
    public void A_request_that_nobody_took_is_served_by_nobody_while_its_caller_stands_still()
    {
        _thread.Call(_selector, 1);
        _domain.Domain.FinishServing(Patience);
        Assert.Equal(RecordedPhase.Idle, Captured().Threads.Single().Phase);

        // It is in the capture as not made: were it served now, it would be served twice.
        Assert.Null(_serving.Wait());
        _domain.Domain.GoOn();
        Assert.Equal((CallStatus.Ok, 1ul), (_serving.Answer!.Value.Status, _serving.Word));
        _serving.ReplyAndWait(10);
        Assert.Equal(10ul, _thread.Word);
    }

    [Fact]
    public void A_withheld_request_fails_if_its_gate_went_meanwhile()
    {
        _thread.Call(_selector, 1);
        _domain.Domain.FinishServing(Patience);
        _peer.Domain.Destroy();
        _domain.Domain.GoOn();
        Assert.Equal(CallStatus.PeerGone, _thread.Answer!.Value.Status);
    }

    [Fact]
    public void A_caller_that_ends_with_a_withheld_request_leaves_nothing_in_the_queue()
    {
        _thread.Call(_selector, 1);
        _domain.Domain.FinishServing(Patience);
        _domain.Domain.Destroy();
        Assert.Null(_serving.Wait());
        Assert.Null(_serving.Answer);
    }

    [Fact]
    public async Task Deferred_calls_that_have_not_begun_stay_in_line_until_the_domain_goes_on()
    {
        var gate = new Held();
        uint service = _domain.Hold(_world.Kernel.CreateServiceGate(gate, ServiceMode.Deferred, "held"));
        FakeThread[] threads = [.. Enumerable.Range(0, 8).Select(_ => _domain.Thread())];
        foreach (FakeThread thread in threads)
            thread.Call(service, 1);
        Task holding = Task.Run(() => _domain.Domain.HoldServices(Patience));
        Assert.True(SpinWait.SpinUntil(() => _domain.Domain.HoldsServices, Patience));
        gate.Release.Set();
        await holding.WaitAsync(Patience);
        int begun = gate.Served;
        Assert.Equal(4, begun);

        _domain.Domain.FinishServing(Patience);
        RecordedPhase[] phases = [.. Captured().Threads.Select(thread => thread.Phase)];
        Assert.Equal(begun, phases.Count(phase => phase == RecordedPhase.Answered));
        Assert.Equal(9 - begun, phases.Count(phase => phase == RecordedPhase.Idle));
        Assert.Equal(begun, gate.Served);

        _domain.Domain.GoOn();
        foreach (FakeThread thread in threads)
            Assert.Equal(CallStatus.Ok, (await thread.Port.WhenAnswered(thread.CallId).WaitAsync(Patience)).Status);
        Assert.Equal(8, gate.Served);
    }

    private DomainState Captured() => _world.Kernel.Capture([_domain.Domain])[0];

    private sealed class Held : IRpcDispatcher
    {
        private int _served;

        public ManualResetEventSlim Release { get; } = new();

        public int Served => Volatile.Read(ref _served);

        public object Target => this;

        public CallStatus Dispatch(MessageBuffer message, out Exception? fault)
        {
            fault = null;
            Release.Wait(Patience);
            Interlocked.Increment(ref _served);
            message.Reset();
            return CallStatus.Ok;
        }
    }
}
