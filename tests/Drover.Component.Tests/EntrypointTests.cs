using Drover.Component.Rpc;
using Drover.Component.Tests.Fakes;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Tests;

public sealed class EntrypointTests : IDisposable
{
    private readonly FakeCore _core = new();
    private readonly Env _env;
    private readonly Tables _tables;

    public EntrypointTests()
    {
        _env = new(_core);
        _tables = new(_core);
    }

    public void Dispose() => _core.Dispose();

    [Fact]
    public void An_object_is_called_through_its_capability()
    {
        using Capability<IEcho> echo = _env.Entrypoint.Manage<IEcho>(new Echo("a"));
        Assert.Equal("a: grüße", echo.Client.Say("grüße"));
        Assert.Equal("done", echo.Client.Try(true).Value);
        Assert.Equal(SessionError.Denied, echo.Client.Try(false).Error);
        Assert.Null(echo.Client.GiveNothing());
    }

    [Fact]
    public void The_pool_names_the_gate_and_its_selector()
    {
        using Capability<IEcho> first = _env.Entrypoint.Manage<IEcho>(new Echo("a"));
        using Capability<IEcho> second = _env.Entrypoint.Manage<IEcho>(new Echo("b"));
        Tables.PoolEntry entry = _tables.Pool(2); // the first is the entrypoint's own exit
        Assert.Equal(TableLayout.StateValid, entry.State);
        Assert.Equal(_core.Held()[entry.Selector].Badge, entry.Badge);
        Assert.Equal(_tables.Map(entry.Selector).Badge, entry.Badge);
        _env.Entrypoint.Dissolve(second);
        Assert.Equal(default, _tables.Pool(2));
    }

    [Fact]
    public void Each_of_a_thousand_objects_is_reached()
    {
        List<Capability<IEcho>> all = [];
        for (int i = 0; i < 1000; i++)
            all.Add(_env.Entrypoint.Manage<IEcho>(new Echo($"{i}")));
        for (int i = 0; i < 1000; i++)
            Assert.Equal($"{i}: x", all[i].Client.Say("x"));
        Assert.Equal(1000, _env.ManagedObjects);
    }

    [Fact]
    public void A_dissolved_object_is_gone_and_its_label_is_used_again()
    {
        Echo served = new("a");
        using Capability<IEcho> gone = _env.Entrypoint.Manage<IEcho>(served);
        Assert.Same(served, _env.Entrypoint.Dissolve(gone));
        Assert.Null(_env.Entrypoint.Dissolve(gone));
        Assert.Equal(CallStatus.PeerGone, Assert.Throws<RpcException>(() => gone.Client.Say("x")).Status);
        using Capability<IEcho> next = _env.Entrypoint.Manage<IEcho>(new Echo("b"));
        Assert.Equal("b: x", next.Client.Say("x"));
        Assert.Equal(TableLayout.StateValid, _tables.Pool(1).State);
    }

    [Fact]
    public void Nothing_remains_of_an_object_that_was_dissolved_and_forgotten()
    {
        _ = _env.Entrypoint;
        var before = _core.Held();
        Capability<IEcho> echo = _env.Entrypoint.Manage<IEcho>(new Echo("a"));
        _env.Entrypoint.Dissolve(echo);
        echo.Dispose();
        Assert.Equal(before, _core.Held());
        Assert.Equal(before, _tables.ValidMap());
    }

    [Fact]
    public void A_capability_survives_as_argument_and_comes_back_as_result()
    {
        Entrypoint second = _env.CreateEntrypoint(new("second"));
        Echo keeper = new("keeper");
        using Capability<IEcho> keeping = _env.Entrypoint.Manage<IEcho>(keeper);
        using Capability<IEcho> other = second.Manage<IEcho>(new Echo("other"));
        var before = _env.CapabilityUse();
        Assert.Equal(1u, keeping.Client.Keep(other));
        Assert.Equal("other: x", Assert.Single(keeper.Kept).Client.Say("x"));
        Assert.Equal("keeper heard other: y", keeping.Client.SayThrough(other, "y"));

        keeper.Gift = () => keeper.Kept[0].Duplicate();
        using (Capability<IEcho> given = keeping.Client.Give())
            Assert.Equal("other: z", given.Client.Say("z"));
        keeper.Kept[0].Dispose();
        keeping.Client.Say("the last reply has been emptied now");
        Assert.Equal(before.OpenOwners, _env.CapabilityUse().OpenOwners);
        Assert.Equal(before.RecordedOwners, _env.CapabilityUse().RecordedOwners);
    }

    [Fact]
    public void A_freshly_made_result_does_not_leak()
    {
        Echo giver = new("giver");
        using Capability<IEcho> giving = _env.Entrypoint.Manage<IEcho>(giver);
        giver.Gift = () => _env.Entrypoint.Manage<IEcho>(new Echo("fresh"));
        Capability<IEcho> fresh = giving.Client.Give();
        Assert.Equal("fresh: x", fresh.Client.Say("x"));
        _env.Entrypoint.Dissolve(fresh);
        fresh.Dispose();
        giving.Client.Say("the last reply has been emptied now");
        var use = _env.CapabilityUse();
        Assert.Equal(use.OpenOwners, use.RecordedOwners);
        Assert.Equal(_core.Held(), _tables.ValidMap());
        Assert.Equal(1, _env.ManagedObjects);
    }

    [Fact]
    public void What_an_object_throws_is_a_server_fault_and_the_next_call_is_served()
    {
        using Capability<IEcho> echo = _env.Entrypoint.Manage<IEcho>(new Echo("a"));
        RpcException fault = Assert.Throws<RpcException>(() => echo.Client.Fail("on purpose"));
        Assert.Equal(CallStatus.ServerFault, fault.Status);
        Assert.Equal("IEcho.Fail", fault.Method);
        Assert.Equal("a: x", echo.Client.Say("x"));
    }

    [Fact]
    public void Messages_that_are_too_long_are_refused_on_both_ways()
    {
        using Capability<IEcho> echo = _env.Entrypoint.Manage<IEcho>(new Echo("a"));
        RpcException request = Assert.Throws<RpcException>(() => echo.Client.Say(new('x', UtcbLayout.DataBytes)));
        Assert.Equal((CallStatus.MessageTooLong, "IEcho.Say"), (request.Status, request.Method));
        RpcException reply = Assert.Throws<RpcException>(() => echo.Client.Bytes(UtcbLayout.DataBytes));
        Assert.Equal(CallStatus.MessageTooLong, reply.Status);
        int most = UtcbLayout.DataBytes - sizeof(int);
        Assert.Equal(Enumerable.Repeat((byte)most, most), echo.Client.Bytes(most));
    }

    [Fact]
    public void An_owner_disposed_during_a_call_is_given_back_after_it()
    {
        using ManualResetEventSlim gate = new();
        Echo slow = new("slow") { Gate = gate };
        Capability<IEcho> managed = _env.Entrypoint.Manage<IEcho>(slow);
        Capability<IEcho> used = managed.Duplicate();
        managed.Dispose();
        string? said = null;
        Thread caller = new(() => said = used.Client.Say("x"));
        caller.Start();
        slow.Entered.Wait();
        long open = _env.CapabilityUse().OpenOwners;
        used.Dispose();
        Assert.Equal(open, _env.CapabilityUse().OpenOwners);
        gate.Set();
        caller.Join();
        Assert.Equal("slow: x", said);
        Assert.Equal(open - 1, _env.CapabilityUse().OpenOwners);
    }

    [Fact]
    public void Several_threads_serve_at_the_same_time()
    {
        Entrypoint wide = _env.CreateEntrypoint(new("wide", Threads: 2));
        using ManualResetEventSlim gate = new();
        Echo slow = new("slow") { Gate = gate };
        using Capability<IEcho> blocking = wide.Manage<IEcho>(slow);
        using Capability<IEcho> quick = wide.Manage<IEcho>(new Echo("quick"));
        Thread caller = new(() => blocking.Client.Say("x"));
        caller.Start();
        slow.Entered.Wait();
        Assert.Equal("quick: x", quick.Client.Say("x"));
        gate.Set();
        caller.Join();
    }

    [Fact]
    public void Calls_go_on_with_new_badges()
    {
        using Capability<IEcho> echo = _env.Entrypoint.Manage<IEcho>(new Echo("a"));
        echo.Client.Say("before");
        Dictionary<uint, (ulong Badge, uint Deliveries)> old = _core.Held();
        _core.ChangeBadges(slot: 0);
        Dictionary<ulong, ulong> renamed = old.ToDictionary(held => held.Value.Badge, held => _core.Held()[held.Key].Badge);
        _tables.Relocate(badge => renamed[badge]);
        Assert.Equal("a: after", echo.Client.Say("after"));
        Assert.Equal(_core.Held(), _tables.ValidMap());
    }

    [Fact]
    public void A_request_with_a_stale_badge_finds_nothing()
    {
        using Capability<IEcho> echo = _env.Entrypoint.Manage<IEcho>(new Echo("a"));
        _core.ChangeBadges(slot: 0); // and the tables are not rewritten
        Assert.Equal(CallStatus.PeerGone, Assert.Throws<RpcException>(() => echo.Client.Say("x")).Status);
    }

    [Fact]
    public void A_refused_gate_is_told_and_leaves_nothing()
    {
        _core.Pd.RefuseGates = AllocationError.OutOfCapabilities;
        RefusedException refused = Assert.Throws<RefusedException>(() => _env.Entrypoint.Manage<IEcho>(new Echo("a")));
        Assert.Equal(AllocationError.OutOfCapabilities, refused.Error);
        _core.Pd.RefuseGates = null;
        using Capability<IEcho> echo = _env.Entrypoint.Manage<IEcho>(new Echo("a"));
        Assert.Equal(TableLayout.StateValid, _tables.Pool(0).State);
    }
}
