using Drover.Component.Rpc;
using Drover.Component.Signals;
using Drover.Component.Tests.Fakes;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.State;
using Drover.Linux;

namespace Drover.Component.Tests.WithCore;

/// <summary>Entrypoints come and go, and run the handlers of signals.</summary>
public sealed class EntrypointEndTests : IDisposable
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(30);

    private readonly LinuxProcessPlatform _platform = new();
    private readonly List<Exception> _faults = [];
    private readonly InProcessDomain _component;
    private readonly Env _env;

    public EntrypointEndTests()
    {
        Core.Kernel kernel = new(new KernelOptions { OnFault = (_, failure) => _faults.Add(failure) });
        _component = new(kernel, _platform, new InProcessParent(kernel), "component");
        _env = _component.Env;
    }

    public void Dispose()
    {
        Assert.Empty(_faults);
        _platform.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Nothing_is_left_of_an_entrypoint_that_was_disposed(int threads)
    {
        DomainState before = _component.Domain.Describe();
        var use = _env.CapabilityUse();
        Entrypoint entrypoint = _env.CreateEntrypoint(new("short", threads));
        using (Capability<IEcho> echo = entrypoint.Manage<IEcho>(new Echo("a")))
        {
            Assert.Equal("a: x", echo.Client.Say("x"));
            SignalHandler handler = _env.CreateSignalHandler(_ => { }, entrypoint);
            entrypoint.Dispose();
            entrypoint.Dispose();
            Assert.Equal(CallStatus.PeerGone, Assert.Throws<RpcException>(() => echo.Client.Say("y")).Status);
            Assert.Throws<ObjectDisposedException>(() => entrypoint.Manage<IEcho>(new Echo("b")));
            Assert.Throws<ObjectDisposedException>(() => _env.CreateSignalHandler(_ => { }, entrypoint));
            handler.Dispose();
        }

        DomainState after = _component.Domain.Describe();
        Assert.Empty(after.Gates);
        Assert.Empty(after.SignalSources);
        Assert.Empty(after.SignalContexts);
        Assert.Equal(before.CapabilitySpace, after.CapabilitySpace);
        Assert.Equal(before.Capabilities, after.Capabilities);
        Assert.Equal(use, _env.CapabilityUse());
        Assert.Equal(0, _env.ManagedObjects);
    }

    [Fact]
    public void Sixty_four_entrypoints_are_there_at_a_time_and_their_numbers_come_back()
    {
        Entrypoint[] all = [.. Enumerable.Range(0, 64).Select(i => _env.CreateEntrypoint(new($"ep {i}")))];
        Assert.Throws<InvalidOperationException>(() => _env.CreateEntrypoint(new("one too many")));
        all[17].Dispose();
        using Entrypoint again = _env.CreateEntrypoint(new("again"));
        using Capability<IEcho> echo = again.Manage<IEcho>(new Echo("a"));
        Assert.Equal("a: x", echo.Client.Say("x"));
        foreach (Entrypoint entrypoint in all)
            entrypoint.Dispose();
    }

    [Fact]
    public async Task Call_that_is_being_served_is_finished_and_those_that_wait_get_PeerGone()
    {
        Entrypoint entrypoint = _env.CreateEntrypoint(new("busy"));
        using Gatekeeper keeper = new();
        using Capability<IGatekeeper> served = entrypoint.Manage<IGatekeeper>(keeper);
        Task<uint> inside = Task.Run(() => served.Client.Enter());
        Assert.True(keeper.Entered.Wait(s_soon));
        Task<CallStatus> waiting = Task.Run(() => Assert.Throws<RpcException>(() => served.Client.Enter()).Status);
        Task end = Task.Run(entrypoint.Dispose);
        Assert.Equal(CallStatus.PeerGone, await waiting.WaitAsync(s_soon));
        Assert.False(inside.IsCompleted);
        Assert.False(end.IsCompleted);
        keeper.Open.Set();
        Assert.Equal(1u, await inside.WaitAsync(s_soon));
        await end.WaitAsync(s_soon);
    }

    [Fact]
    public void Entrypoint_is_not_ended_by_a_thread_of_its_own()
    {
        using Entrypoint entrypoint = _env.CreateEntrypoint(new("own"));
        using Capability<IEcho> echo = entrypoint.Manage<IEcho>(new Echo("a") { During = entrypoint.Dispose });
        Assert.Equal(CallStatus.ServerFault, Assert.Throws<RpcException>(() => echo.Client.Say("x")).Status);
        using Capability<IEcho> other = entrypoint.Manage<IEcho>(new Echo("b"));
        Assert.Equal("b: x", other.Client.Say("x"));
    }

    [Fact]
    public void Handlers_on_an_entrypoint_run_on_its_thread_and_never_beside_a_method()
    {
        using Entrypoint entrypoint = _env.CreateEntrypoint(new("single"));
        int inside = 0;
        int collisions = 0;
        long handled = 0;
        HashSet<int> threads = [];
        void Alone()
        {
            if (Interlocked.Increment(ref inside) != 1)
                Interlocked.Increment(ref collisions);
            lock (threads)
                threads.Add(Environment.CurrentManagedThreadId);
            Thread.Yield();
            Interlocked.Decrement(ref inside);
        }

        using SignalHandler handler = _env.CreateSignalHandler(
            count =>
            {
                Alone();
                Interlocked.Add(ref handled, (long)count);
            },
            entrypoint);
        using Capability<IEcho> echo = entrypoint.Manage<IEcho>(new Echo("a") { During = Alone });
        for (int i = 0; i < 500; i++)
        {
            handler.Context.Client.Submit(1);
            echo.Client.Say("x");
        }

        Assert.True(SpinWait.SpinUntil(() => Interlocked.Read(ref handled) == 500, s_soon));
        Assert.Equal(0, collisions);
        Assert.Single(threads);
    }

    [Fact]
    public void Handler_of_an_entrypoint_that_is_busy_does_not_keep_others_waiting()
    {
        using Entrypoint busy = _env.CreateEntrypoint(new("busy"));
        using Entrypoint idle = _env.CreateEntrypoint(new("idle"));
        using ManualResetEventSlim open = new();
        using ManualResetEventSlim ran = new();
        using SignalHandler blocked = _env.CreateSignalHandler(_ => open.Wait(s_soon), busy);
        using SignalHandler free = _env.CreateSignalHandler(_ => ran.Set(), idle);
        blocked.Context.Client.Submit(1);
        free.Context.Client.Submit(1);
        Assert.True(ran.Wait(s_soon));
        open.Set();
    }

    [RpcInterface]
    internal interface IGatekeeper
    {
        uint Enter();
    }

    private sealed class Gatekeeper : IGatekeeper, IDisposable
    {
        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Open { get; } = new();

        public uint Enter()
        {
            Entered.Set();
            Open.Wait(s_soon);
            return 1;
        }

        public void Dispose()
        {
            Entered.Dispose();
            Open.Dispose();
        }
    }
}
