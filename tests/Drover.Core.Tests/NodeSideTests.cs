using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Ipc;
using Drover.Core.Services;
using Drover.Core.Tests.Fakes;

namespace Drover.Core.Tests;

/// <summary>Code of the node calls components, and is called by them.</summary>
public sealed class NodeSideTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly World _world = new(new KernelOptions { NodeCallPatience = Patience });

    [Fact]
    public async Task Node_side_code_calls_a_component_and_capabilities_go_both_ways()
    {
        FakeDomain component = _world.Domain("component");
        FakeThread serving = component.Thread();
        serving.Wait();
        Gate inner = component.Gate(2);
        uint innerSelector = component.Hold(inner);
        using Capability<IRoot> root = component.Gate(1).ToCapability<IRoot>();
        var log = new LogLines();
        ServiceGate sent = _world.Kernel.CreateService<ILogSession>(new LogSession(log, "x"), ServiceMode.Inline, "LOG");

        CapabilityOwner owner = root.Owner;
        Task<(CallStatus Status, ulong Word, object Object)> call = Task.Run(() =>
        {
            using var capability = new Capabilities.KernelCapability(sent);
            MessageBuffer message = owner.BeginCall();
            message.Write(41ul);
            message.WriteCapability(capability);
            CallStatus status = owner.Call(message);
            ulong word = message.Read<ulong>();
            using CapabilityOwner? result = message.ReadCapability();
            return (status, word, (object)((Capabilities.KernelCapability)result!).Object);
        });
        await serving.Port.WhenAnswered(serving.CallId).WaitAsync(Patience);
        Assert.Equal(41ul, serving.Word);
        (uint selector, ulong badge) = serving.Arrived(0);
        Assert.Equal(sent.Badge.Value, badge);
        Assert.Same(sent, component.Domain.Held(selector));

        // The word, then the byte that says a capability follows.
        serving.Utcb[UtcbLayout.DataOffset + 8] = 1;
        BitConverter.TryWriteBytes(serving.Utcb[UtcbLayout.CapabilitiesOffset..], innerSelector);
        serving.Word = 42;
        serving.Private(PrivateCall.ReplyAndWait, 0, new CallResult(CallStatus.Ok, new MessageInfo(9, 1).Value).Value, ++serving.Sequence);
        Assert.Equal((CallStatus.Ok, 42ul, (object)inner), await call.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_node_side_call_ends_with_its_server()
    {
        FakeDomain component = _world.Domain("component");
        FakeThread serving = component.Thread();
        serving.Wait();
        using Capability<ILogSession> client = component.Gate(1).ToCapability<ILogSession>();
        Task<RpcException> call = Task.Run(() => Assert.Throws<RpcException>(() => client.Client.Write("x")));
        await serving.Port.WhenAnswered(serving.CallId).WaitAsync(Patience);
        component.Domain.Destroy();
        Assert.Equal(CallStatus.PeerGone, (await call.WaitAsync(Patience)).Status);
    }

    [Fact]
    public void A_component_that_does_not_answer_is_given_up_and_its_late_reply_dropped()
    {
        var world = new World(new KernelOptions { NodeCallPatience = TimeSpan.FromMilliseconds(1) });
        FakeDomain component = world.Domain("component");
        FakeThread serving = component.Thread();
        serving.Wait();
        using Capability<ILogSession> client = component.Gate(1).ToCapability<ILogSession>();
        Assert.Equal(CallStatus.PeerGone, Assert.Throws<RpcException>(() => client.Client.Write("x")).Status);
        Assert.NotNull(serving.Answer);
        Assert.Null(serving.ReplyAndWait(1));
        Assert.Equal(CallStatus.PeerGone, Assert.Throws<RpcException>(() => client.Client.Write("y")).Status);
        Assert.NotNull(serving.Answer);
    }

    [Fact]
    public void Services_inside_the_node_call_each_other_without_disturbing_the_message_being_served()
    {
        var log = new LogLines();
        using Capability<ILogSession> inner = _world.Kernel
            .CreateService<ILogSession>(new LogSession(log, "inner"), ServiceMode.Inline, "inner").ToCapability<ILogSession>();
        using Capability<ILogSession> outer = _world.Kernel
            .CreateService<ILogSession>(new Forwarding(inner.Client), ServiceMode.Inline, "outer").ToCapability<ILogSession>();
        outer.Client.Write("hello\n");
        FakeDomain component = _world.Domain("component");
        uint selector = component.Hold(((Capabilities.KernelCapability)outer.Owner).Object);
        ComponentCapability.Of<ILogSession>(component.Thread(), selector).Client.Write("from a component\n");
        Assert.Equal([("inner", "hello"), ("inner", "from a component")], log.Lines);
    }

    [Fact]
    public void A_dispatch_thread_does_not_wait_for_a_component()
    {
        FakeDomain silent = _world.Domain("silent");
        using Capability<ILogSession> client = silent.Gate(1).ToCapability<ILogSession>();
        ServiceGate wrong = _world.Kernel.CreateService<ILogSession>(new Forwarding(client.Client), ServiceMode.Inline, "wrong");
        FakeDomain component = _world.Domain("component");
        ILogSession session = ComponentCapability.Of<ILogSession>(component.Thread(), component.Hold(wrong)).Client;
        Assert.Equal(CallStatus.ServerFault, Assert.Throws<RpcException>(() => session.Write("x")).Status);
        Assert.IsType<InvalidOperationException>(Assert.Single(_world.Faults).Failure);
    }

    [Fact]
    public async Task Deferred_calls_of_one_domain_are_served_a_few_at_a_time_and_all_in_the_end()
    {
        var world = new World(new KernelOptions { DeferredCallsPerDomain = 2 });
        var gathering = new Gathering();
        FakeDomain component = world.Domain("component");
        uint selector = component.Hold(world.Kernel.CreateServiceGate(gathering, ServiceMode.Deferred, "gathering"));
        FakeThread[] threads = [.. Enumerable.Range(0, 20).Select(_ => component.Thread())];
        foreach (FakeThread thread in threads)
            Assert.Null(thread.Call(selector));
        // One ends while its call stands in line; its place is free for others.
        component.Domain.ThreadExits(component.Port, threads[19].HostThreadId);
        gathering.Open.Set();
        CallResult[] answers = await Task.WhenAll(threads[..19].Select(thread => thread.Port.WhenAnswered(thread.CallId))).WaitAsync(Patience);
        Assert.All(answers, answer => Assert.Equal(CallStatus.Ok, answer.Status));
        Assert.InRange(gathering.Most, 1, 2);
    }

    [Fact]
    public async Task A_thread_that_gives_up_a_deferred_call_has_to_see_it_through()
    {
        var gathering = new Gathering();
        FakeDomain component = _world.Domain("component");
        uint selector = component.Hold(_world.Kernel.CreateServiceGate(gathering, ServiceMode.Deferred, "gathering"));
        FakeThread thread = component.Thread();
        thread.Call(selector);
        ulong first = thread.CallId;
        Assert.Equal(CallStatus.Denied, thread.Call(selector)!.Value.Status);
        gathering.Open.Set();
        await thread.Port.WhenAnswered(first).WaitAsync(Patience);
    }

    [Fact]
    public void A_thread_learns_the_badges_of_what_it_held_from_the_beginning()
    {
        FakeDomain component = _world.Domain("component");
        Gate parent = component.Gate(1);
        Gate rm = component.Gate(2);
        component.Domain.Install(parent, WellKnownSelectors.Parent);
        component.Domain.Install(rm, WellKnownSelectors.Rm);
        FakeThread thread = component.Thread();
        Assert.Equal((1u, parent.Badge.Value), thread.Arrived(0));
        Assert.Equal((2u, 0ul), thread.Arrived(1));
        Assert.Equal((4u, rm.Badge.Value), thread.Arrived(3));
    }

    private sealed class Forwarding(ILogSession next) : ILogSession
    {
        public void Write(string text) => next.Write(text);
    }

    /// <summary>Serves when it is open, and notes how many were in it at a time.</summary>
    private sealed class Gathering : IRpcDispatcher
    {
        private int _inside;
        private int _most;

        public ManualResetEventSlim Open { get; } = new();

        public int Most => _most;

        public object Target => this;

        public CallStatus Dispatch(MessageBuffer message, out Exception? fault)
        {
            fault = null;
            int inside = Interlocked.Increment(ref _inside);
            int most = _most;
            while (inside > most)
                most = Interlocked.CompareExchange(ref _most, inside, most) is var seen && seen == most ? inside : seen;
            Open.Wait(Patience);
            Interlocked.Decrement(ref _inside);
            message.Reset();
            return CallStatus.Ok;
        }
    }
}
