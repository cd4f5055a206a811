using System.Buffers.Binary;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Services;
using Drover.Core.Signals;
using Drover.Core.Tests.Fakes;

namespace Drover.Core.Tests;

public sealed class SignalTests
{
    private readonly World _world = new();
    private readonly FakeDomain _domain;
    private readonly SignalSource _source;
    private readonly uint _selector;

    public SignalTests()
    {
        _domain = _world.Domain("component");
        _source = _domain.Domain.CreateSignalSource().Value;
        _selector = _domain.Hold(_source);
    }

    [Fact]
    public void A_freed_source_wakes_its_threads_and_takes_its_contexts_along()
    {
        SignalContext context = Context(11);
        uint held = _domain.Hold(context);
        SignalContext pending = Context(12);
        pending.Submit(3);
        SignalSource other = _domain.Domain.CreateSignalSource().Value;
        SignalContext elsewhere = _domain.Domain.CreateSignalContext(other, 13).Value;
        FakeThread first = _domain.Thread();
        FakeThread second = _domain.Thread();
        first.SignalWait(_selector);
        Assert.Null(second.SignalWait(_selector));
        ulong used = _domain.Domain.CapabilityAccount.Used;

        Assert.True(_domain.Domain.DestroyObject(_source).Succeeded);

        Assert.Equal(CallStatus.PeerGone, second.Answer!.Value.Status);
        Assert.Equal(CallStatus.PeerGone, first.SignalWait(_selector)!.Value.Status);
        Assert.Equal(CallStatus.PeerGone, first.Call(held)!.Value.Status);
        Assert.Equal(used - 3, _domain.Domain.CapabilityAccount.Used);
        Assert.Equal([elsewhere.Badge.Value], _domain.Domain.Describe().SignalContexts.Select(state => state.Badge));
        context.Submit(1);
        Assert.False(_domain.Domain.DestroyObject(context).Succeeded);
    }

    [Fact]
    public void Pending_signals_are_taken_in_one_go_with_their_counts()
    {
        SignalContext first = Context(11);
        SignalContext second = Context(22);
        first.Submit(2);
        second.Submit(1);
        first.Submit(3);
        FakeThread thread = _domain.Thread();
        Assert.Equal(CallStatus.Ok, thread.SignalWait(_selector)!.Value.Status);
        Assert.Equal([(11, 5), (22, 1)], Taken(thread));
        Assert.Equal(CallStatus.Ok, thread.Reissue()!.Value.Status);
        Assert.Null(thread.SignalWait(_selector));
        second.Submit(7);
        Assert.Equal([(22, 7)], Taken(thread));
    }

    [Fact]
    public void A_component_submits_through_a_capability()
    {
        FakeThread waiting = _domain.Thread();
        Assert.Null(waiting.SignalWait(_selector));
        FakeDomain other = _world.Domain("other");
        uint selector = other.Hold(Context(5));
        ComponentCapability.Of<ISignalContext>(other.Thread(), selector).Client.Submit(4);
        Assert.Equal([(5, 4)], Taken(waiting));
    }

    [Fact]
    public void More_contexts_than_a_UTCB_holds_come_in_batches()
    {
        for (ulong i = 0; i < 300; i++)
            Context(i).Submit(1);
        FakeThread thread = _domain.Thread();
        thread.SignalWait(_selector);
        List<(ulong Imprint, ulong Count)> all = Taken(thread);
        Assert.Equal(UtcbLayout.DataBytes / 16, all.Count);
        thread.SignalWait(_selector);
        all.AddRange(Taken(thread));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => ((ulong)i, 1ul)), all);
    }

    [Fact]
    public void Only_the_owner_may_wait_and_a_freed_context_is_silent()
    {
        FakeDomain other = _world.Domain("other");
        Assert.Equal(CallStatus.Denied, other.Thread().SignalWait(other.Hold(_source))!.Value.Status);
        SignalContext context = Context(1);
        context.Submit(1);
        Assert.True(_domain.Domain.DestroyObject(context).Succeeded);
        context.Submit(1);
        Assert.Null(_domain.Thread().SignalWait(_selector));
    }

    [Fact]
    public void A_count_does_not_overflow()
    {
        SignalContext context = Context(1);
        context.Restore(ulong.MaxValue);
        context.Submit(5);
        FakeThread thread = _domain.Thread();
        thread.SignalWait(_selector);
        Assert.Equal([(1, ulong.MaxValue)], Taken(thread));
    }

    [Fact]
    public void A_timer_keeps_its_phase_and_counts_what_it_missed()
    {
        var time = new ManualTime();
        using var timer = new TimerSession(time);
        FakeThread thread = _domain.Thread();
        using Capability<ISignalContext> handler = Context(9).ToCapability<ISignalContext>();
        timer.SetHandler(handler);
        timer.TriggerPeriodic(100_000);
        time.Advance(TimeSpan.FromMilliseconds(350));
        thread.SignalWait(_selector);
        Assert.Equal([(9, 3)], Taken(thread));

        TimerState state = timer.Describe();
        Assert.Equal(new TimerState(TimeSpan.FromMilliseconds(350), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(50)), state);
        timer.TriggerPeriodic(0);

        using var restored = new TimerSession(time, state, Context(10));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(350_000ul, restored.ElapsedMicroseconds());
        restored.Resume();
        time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.Null(thread.SignalWait(_selector));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([(10, 1)], Taken(thread));
        Assert.Equal(400_000ul, restored.ElapsedMicroseconds());
    }

    [Fact]
    public void A_periodic_timer_that_was_overdue_when_it_was_described_keeps_its_phase()
    {
        var time = new ManualTime();
        FakeThread thread = _domain.Thread();
        TimerState state = new(TimeSpan.FromMilliseconds(350), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(-30));

        using var restored = new TimerSession(time, state, Context(10));
        restored.Resume();
        time.Advance(TimeSpan.FromMilliseconds(1));
        thread.SignalWait(_selector);
        Assert.Equal([(10, 1)], Taken(thread));
        time.Advance(TimeSpan.FromMilliseconds(68));

        Assert.Null(thread.SignalWait(_selector));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([(10, 1)], Taken(thread));
    }

    [Fact]
    public void A_restored_timer_counts_what_its_components_clocks_ran_before_it()
    {
        var time = new ManualTime();
        FakeThread thread = _domain.Thread();
        thread.SignalWait(_selector);
        TimerState state = new(TimeSpan.FromMilliseconds(350), TimeSpan.Zero, TimeSpan.FromMilliseconds(50));

        using var restored = new TimerSession(time, state, Context(10));
        restored.Resume(TimeSpan.FromMilliseconds(20));
        time.Advance(TimeSpan.FromMilliseconds(29));
        Assert.Null(thread.Answer);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal([(10, 1)], Taken(thread));
        Assert.Equal(400_000ul, restored.ElapsedMicroseconds());
    }

    [Fact]
    public void A_timer_that_is_held_back_submits_when_it_goes_on_and_is_described_as_due()
    {
        var time = new ManualTime();
        using var timer = new TimerSession(time);
        using Capability<ISignalContext> handler = Context(9).ToCapability<ISignalContext>();
        FakeThread thread = _domain.Thread();
        thread.SignalWait(_selector);
        timer.SetHandler(handler);
        timer.TriggerOnce(1000);
        timer.HoldBack();
        time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Null(thread.Answer);
        Assert.Equal(new TimerState(TimeSpan.FromMilliseconds(5), default, TimeSpan.FromMilliseconds(-4)), timer.Describe());
        timer.LetGo();
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([(9, 1)], Taken(thread));
    }

    [Fact]
    public void A_one_shot_fires_once_and_microsecond_periods_do_not_wake_the_node_more_often_than_each_millisecond()
    {
        var time = new ManualTime();
        using var timer = new TimerSession(time);
        using Capability<ISignalContext> handler = Context(9).ToCapability<ISignalContext>();
        FakeThread thread = _domain.Thread();
        timer.SetHandler(handler);
        timer.TriggerOnce(1);
        time.Advance(TimeSpan.FromSeconds(1));
        thread.SignalWait(_selector);
        Assert.Equal([(9, 1)], Taken(thread));
        timer.TriggerPeriodic(1);
        time.Advance(TimeSpan.FromMilliseconds(1));
        thread.SignalWait(_selector);
        Assert.Equal([(9, 1000)], Taken(thread));
        timer.TriggerOnce(ulong.MaxValue);
        time.Advance(TimeSpan.FromDays(400));
        Assert.Null(thread.SignalWait(_selector));
    }

    private static List<(ulong Imprint, ulong Count)> Taken(FakeThread thread)
    {
        int bytes = new MessageInfo(thread.Answer!.Value.Info).DataBytes;
        List<(ulong Imprint, ulong Count)> taken = [];
        for (int at = UtcbLayout.DataOffset; at < UtcbLayout.DataOffset + bytes; at += 16)
        {
            taken.Add((BinaryPrimitives.ReadUInt64LittleEndian(thread.Utcb[at..]), BinaryPrimitives.ReadUInt64LittleEndian(thread.Utcb[(at + 8)..])));
        }

        return taken;
    }

    private SignalContext Context(ulong imprint) => _domain.Domain.CreateSignalContext(_source, imprint).Value;
}
