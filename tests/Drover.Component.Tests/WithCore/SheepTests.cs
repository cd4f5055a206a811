using Drover.Component.Sessions;
using Drover.Component.Tests.Fakes;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Linux;
using Sheep.Contracts;
using SheepCounter;

namespace Drover.Component.Tests.WithCore;

public sealed class SheepTests : IDisposable
{
    private readonly LinuxProcessPlatform _platform = new();
    private readonly List<Exception> _faults = [];
    private readonly Core.Kernel _kernel;
    private readonly InProcessParent _parent;
    private readonly InProcessDomain _server;
    private readonly InProcessDomain _client;

    public SheepTests()
    {
        _kernel = new(new KernelOptions { OnFault = (_, failure) => _faults.Add(failure) });
        _parent = new(_kernel);
        _server = new(_kernel, _platform, _parent, "server");
        _client = new(_kernel, _platform, _parent, "client");
    }

    public void Dispose() => _platform.Dispose();

    [Fact]
    public void A_client_calls_the_fold_of_another_component()
    {
        using SheepFold fold = new(_server.Env);
        _server.Env.Announce<ISheepFold>("Sheep", _ => fold);
        fold.CountEvery(TimeSpan.FromMilliseconds(1));
        using Session<ISheepFold> session = _client.Env.OpenSession<ISheepFold>("Sheep");
        SpinWait.SpinUntil(() => session.Client.Count() >= 5, TimeSpan.FromSeconds(30));
        Assert.True(session.Client.Count() >= 5);
        Assert.EndsWith("0 brought", session.Client.Describe(), StringComparison.Ordinal);
        Assert.Empty(_faults);
    }

    [Fact]
    public void Sheep_travel_both_ways_and_every_owner_is_counted()
    {
        using SheepFold fold = new(_server.Env);
        _server.Env.Announce<ISheepFold>("Sheep", _ => fold);
        using Session<ISheepFold> session = _client.Env.OpenSession<ISheepFold>("Sheep");
        using Capability<ISheep> lamb = _client.Env.Entrypoint.Manage<ISheep>(new Lamb());
        Assert.Equal(1u, session.Client.Bring(lamb));
        Assert.Equal(2u, session.Client.Bring(lamb));
        using (Capability<ISheep> dolly = session.Client.Fetch(0)!)
        using (Capability<ISheep> back = session.Client.Fetch(4)!)
        {
            Assert.Equal("Dolly", dolly.Client.Name());
            Assert.Equal("Lamb", back.Client.Name());
            Assert.Equal(3u, back.Client.Bleat());
        }

        Assert.Null(session.Client.Fetch(6));
        FoldInventory inventory = session.Client.Inventory();
        Assert.Equal(inventory.OpenOwners, inventory.RecordedOwners);
        Assert.Equal(10ul, inventory.SheepCalled); // four of its own, each twice, and two brought
        var use = _client.Env.CapabilityUse();
        Assert.Equal(use.OpenOwners, use.RecordedOwners);
        Assert.Empty(_faults);
    }

    [Fact]
    public void Calls_are_done_once_although_threads_are_interrupted()
    {
        _server.InterruptEvery = 3;
        _client.InterruptEvery = 5;
        Tally tally = new();
        _server.Env.Announce<ISheep>("Tally", _ => tally);
        using Session<ISheep> session = _client.Env.OpenSession<ISheep>("Tally");
        for (uint i = 1; i <= 10_000; i++)
            Assert.Equal(i, session.Client.Bleat());
        Assert.Equal(10_000u, tally.Bleats);
        Assert.Empty(_faults);
    }

    [Fact]
    public void A_closed_session_is_gone_for_the_client()
    {
        _server.Env.Announce<ISheep>("Tally", _ => new Tally());
        Session<ISheep> session = _client.Env.OpenSession<ISheep>("Tally");
        using Capability<ISheep> kept = session.Capability.Duplicate();
        Assert.Equal(1u, kept.Client.Bleat());
        session.Dispose();
        Assert.Equal(CallStatus.PeerGone, Assert.Throws<RpcException>(() => kept.Client.Bleat()).Status);
    }

    [Fact]
    public void What_is_not_allowed_is_a_value()
    {
        Assert.Equal(SessionError.NoSuchService, _client.Env.TryOpenSession<ISheep>("Nobody").Error);
        Assert.Equal(AllocationError.OutOfMemory, _client.Env.TryAllocate(1ul << 40).Error);
        using Capability<IDataspace> tables = _client.Env.Pd.Client.CapabilitySpaceDataspace();
        Assert.Equal(AttachError.WrongKind, _client.Env.Rm.Client.Attach(
            _client.Env.Pd.As<IDataspace>(), 0, 4096, 0x7000_0000_0000, AttachRights.Read).Error);
        _server.Env.Announce<IEcho>("Echo", _ => new Echo("a"));
        using Session<IEcho> echo = _client.Env.OpenSession<IEcho>("Echo");
        Assert.Equal(CallStatus.MessageTooLong, Assert.Throws<RpcException>(() => echo.Client.Bytes(UtcbLayout.DataBytes)).Status);
    }

    private sealed class Lamb : ISheep
    {
        private uint _bleats;

        public string Name() => "Lamb";

        public uint Bleat() => ++_bleats;
    }

    private sealed class Tally : ISheep
    {
        public uint Bleats { get; private set; }

        public string Name() => "tally";

        public uint Bleat() => ++Bleats;
    }
}
