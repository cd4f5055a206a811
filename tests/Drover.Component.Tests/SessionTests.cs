using Drover.Component.Kernel;
using Drover.Component.Sessions;
using Drover.Component.Signals;
using Drover.Component.Tests.Fakes;
using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Tests;

public sealed class SessionTests : IDisposable
{
    private readonly FakeCore _core = new();
    private readonly Env _env;

    public SessionTests() => _env = new(_core);

    public void Dispose() => _core.Dispose();

    [Fact]
    public void Outside_Drover_the_library_says_what_to_do()
    {
        NotUnderDroverException explanation = Assert.Throws<NotUnderDroverException>(() => new Env(new NoUtcbs()));
        Assert.Contains("drover run", explanation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_service_is_a_value_or_an_exception()
    {
        Assert.Equal(SessionError.NoSuchService, _env.TryOpenSession<IEcho>("Nowhere").Error);
        RefusedException refused = Assert.Throws<RefusedException>(() => _env.OpenSession<IEcho>("Nowhere"));
        Assert.Equal("a session to the service 'Nowhere' was refused: NoSuchService. Nobody on this node offers it: first start a component that does", refused.Message);
    }

    [Fact]
    public void Disposing_a_session_closes_it_and_gives_its_capability_back()
    {
        var before = _core.Held();
        using (Session<ITimerSession> timer = _env.OpenSession<ITimerSession>("Timer"))
            Assert.Equal(1_500_000ul, timer.Client.ElapsedMicroseconds());
        Assert.Equal(1, _core.Parent.Closed);
        Assert.Equal(before, _core.Held());
    }

    [Fact]
    public void An_announced_service_opens_serves_and_closes_sessions()
    {
        List<SessionRequest> requests = [];
        List<string> closed = [];
        _env.Announce<IEcho>(
            "Echo",
            request =>
            {
                requests.Add(request);
                return new Echo(request.Label);
            },
            echo => closed.Add(echo.Say("closed")));
        IRoot root = _core.Parent.Root;
        Capability<IObject> first = root.Session("loud", "client 1", new(100, 2)).Value;
        Capability<IObject> second = root.Session("", "client 2", default).Value;
        Assert.Equal([new("loud", "client 1", new(100, 2)), new("", "client 2", default)], requests);
        Assert.Equal("client 1: hi", first.As<IEcho>().Client.Say("hi"));
        Assert.Equal("client 2: hi", second.As<IEcho>().Client.Say("hi"));
        root.Close(first);
        Assert.Equal(["client 1: closed"], closed);
        Assert.Throws<RpcException>(() => first.As<IEcho>().Client.Say("hi"));
        Assert.Equal("client 2: hi", second.As<IEcho>().Client.Say("hi"));
        root.Close(first);
        Assert.Equal(2, _env.ManagedObjects); // the root and the second session
    }

    [Fact]
    public void A_service_may_refuse_a_session()
    {
        _env.Announce<IEcho>("Echo", _ => throw new RefusedException("Echo", SessionError.InvalidArguments));
        Assert.Equal(SessionError.InvalidArguments, _core.Parent.Root.Session("", "", default).Error);
    }

    [Fact]
    public void A_name_that_is_taken_is_refused_and_leaves_no_root()
    {
        RefusedException refused = Assert.Throws<RefusedException>(() => _env.Announce<IEcho>("Taken", _ => new Echo("a")));
        Assert.Equal(SessionError.NameTaken, refused.Error);
        Assert.StartsWith("announcing the service 'Taken' was refused: NameTaken. Another component on this node offers it already", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, _env.ManagedObjects);
    }

    [Fact]
    public void Signals_reach_their_handler_with_their_count()
    {
        using BlockingQueue<ulong> received = new();
        using SignalHandler handler = _env.CreateSignalHandler(received.Add);
        _core.Submit(_core.Pd.LastContext!, 3);
        Assert.Equal(3ul, received.Take());
        _core.Submit(_core.Pd.LastContext!, 1);
        Assert.Equal(1ul, received.Take());
    }

    [Fact]
    public void A_disposed_handler_hears_nothing_more()
    {
        using BlockingQueue<string> received = new();
        SignalHandler first = _env.CreateSignalHandler(_ => received.Add("first"));
        FakeSignalContext context = _core.Pd.LastContext!;
        using SignalHandler second = _env.CreateSignalHandler(_ => received.Add("second"));
        first.Dispose();
        _core.Submit(context, 1);
        _core.Submit(_core.Pd.LastContext!, 1);
        Assert.Equal("second", received.Take());
    }

    [Fact]
    public void A_timer_runs_its_callback_which_may_make_calls()
    {
        using BlockingQueue<TimeSpan> elapsed = new();
        SessionTimer? timer = null;
        timer = _env.CreateTimer(() => elapsed.Add(timer!.Elapsed));
        timer.TriggerPeriodic(TimeSpan.FromMilliseconds(250));
        Assert.Equal(250_000ul, _core.Parent.Timer.Period);
        _core.Submit(_core.Parent.Timer.Handler!, 1);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), elapsed.Take());
        timer.Stop();
        Assert.Equal(0ul, _core.Parent.Timer.Period);
        timer.Dispose();
    }

    [Fact]
    public void Stopping_gives_the_status_of_the_first_who_stopped()
    {
        _env.Stop(7);
        _env.Stop(8);
        Assert.Equal(7, _env.WaitUntilStopped());
    }

    private sealed class BlockingQueue<T> : IDisposable
    {
        private readonly System.Collections.Concurrent.BlockingCollection<T> _items = [];

        public void Add(T item) => _items.Add(item);

        public T Take() => _items.TryTake(out T? item, TimeSpan.FromSeconds(30)) ? item : throw new TimeoutException();

        public void Dispose() => _items.Dispose();
    }

    private sealed class NoUtcbs : IKernelCalls
    {
        private readonly LinuxKernelCalls _linux = new();

        public nint UtcbArea => 0;

        public Drover.Contracts.Abi.CallResult Invoke(
            Drover.Contracts.Abi.PrivateCall call, ulong first, ulong second, ulong sequence) =>
            _linux.Invoke(call, first, second, sequence);
    }
}
