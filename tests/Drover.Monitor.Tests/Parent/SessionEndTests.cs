using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.Capabilities;
using Drover.Core.Tests.Fakes;
using Drover.Monitor.Parent;

namespace Drover.Monitor.Tests.Parent;

public sealed class SessionEndTests : IDisposable
{
    private const ulong Ram = 100 * 4096;
    private const ulong Slots = 500;
    private static readonly Donation s_donation = new(20 * 4096, 10);
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(30);

    private readonly World _world = new(new KernelOptions { NodeCallPatience = TimeSpan.FromSeconds(4) });
    private readonly ServiceDirectory _directory = new();
    private readonly ManualResetEventSlim _goesOn = new();
    private readonly FakeComponent _server;
    private readonly FakeComponent _client;
    private int _asked;

    public SessionEndTests()
    {
        CoreServices services = new(_world.Kernel, TimeProvider.System);
        _server = new(_world, services, _directory, "server", Ram, Slots);
        _client = new(_world, services, _directory, "client", Ram, Slots);
        Assert.True(_server.Announce("service"));
    }

    public void Dispose()
    {
        _goesOn.Set();
        _server.Dispose();
        _client.Dispose();
    }

    [Fact]
    public void Donation_goes_to_the_server_with_opening_and_upgrade_and_comes_back_with_closing()
    {
        Capability<IObject> session = Open();
        Assert.Equal((Ram - s_donation.RamBytes, Ram + s_donation.RamBytes), (_client.Ram.Limit, _server.Ram.Limit));
        Assert.True(_client.Parent.Upgrade(session, new Donation(4096, 1)).Succeeded);
        Assert.Equal([new Donation(4096, 1)], _server.Root.Upgrades);
        Assert.Equal((Slots - 11, Slots + 11), (_client.Capabilities.Limit, _server.Capabilities.Limit));
        Assert.Equal(SessionError.OutOfQuota, _client.Parent.Upgrade(session, new Donation(Ram, 0)).Error);
        Assert.True(_client.Parent.Close(session).Succeeded);
        AssertAsAtTheBeginning();
        Assert.Equal(0, _server.Root.Open);
        Assert.Equal(SessionError.NoSuchService, _client.Parent.Close(session).Error);
    }

    [Fact]
    public void Session_of_core_keeps_what_it_is_given_and_gives_it_back()
    {
        Capability<IObject> log = _client.Parent.Session("LOG", "", s_donation).Value;
        Assert.Equal((Ram - s_donation.RamBytes, Slots - 10), (_client.Ram.Limit, _client.Capabilities.Limit));
        Assert.True(_client.Parent.Upgrade(log, s_donation).Succeeded);
        Assert.Equal(SessionError.OutOfQuota, _client.Parent.Upgrade(log, new Donation(Ram, 0)).Error);
        Assert.Equal(SessionError.OutOfQuota, _client.Parent.Session("LOG", "", new Donation(0, Slots)).Error);
        Assert.Equal(SessionError.InvalidArguments, _client.Parent.Session("ROM", "none", s_donation).Error);
        Assert.True(_client.Parent.Close(log).Succeeded);
        AssertAsAtTheBeginning();
    }

    [Fact]
    public void Death_of_a_service_is_a_declared_error_and_gives_the_donation_back()
    {
        Capability<IObject> session = Open();
        _server.End();
        Assert.Equal((Ram, Slots), (_client.Ram.Limit, _client.Capabilities.Limit));
        Assert.Equal(SessionError.ServiceGone, _client.Parent.Upgrade(session, s_donation).Error);
        Assert.Equal(SessionError.NoSuchService, _client.Parent.Session("service", "", s_donation).Error);
        Assert.True(_client.Parent.Close(session).Succeeded);
        Assert.Equal((Ram, Slots), (_client.Ram.Limit, _client.Capabilities.Limit));
    }

    [Fact]
    public void Revoked_session_is_over_for_its_client()
    {
        Capability<IObject> session = Open();
        Capability<IObject> other = Open();
        Assert.Equal(SessionError.NoSuchService, _client.Parent.Revoke(session).Error);
        Assert.True(_server.Parent.Revoke(session).Succeeded);
        Assert.Equal(SessionError.NoSuchService, _server.Parent.Revoke(session).Error);
        Assert.Equal(Ram - s_donation.RamBytes, _client.Ram.Limit);
        Assert.Equal(SessionError.ServiceGone, _client.Parent.Upgrade(session, default).Error);
        Assert.True(_client.Parent.Close(session).Succeeded);
        Assert.True(_client.Parent.Close(other).Succeeded);
        Assert.Equal(Ram, _client.Ram.Limit);
    }

    [Fact]
    public void Withdrawn_service_ends_its_sessions_and_its_name_is_free()
    {
        Capability<IObject> session = Open();
        Assert.Equal(SessionError.NoSuchService, _client.Parent.Withdraw("service").Error);
        Assert.True(_server.Parent.Withdraw("service").Succeeded);
        _server.Root.Clear();
        AssertAsAtTheBeginning();
        Assert.Equal(SessionError.ServiceGone, _client.Parent.Upgrade(session, default).Error);
        Assert.True(_client.Announce("service"));
        Assert.False(_server.Announce("service"));
    }

    [Fact]
    public void Server_that_hangs_when_it_is_asked_for_a_session_is_gone_for_the_client()
    {
        HangAt("Session");
        Assert.Equal(SessionError.ServiceGone, _client.Parent.Session("service", "", s_donation).Error);
        Assert.Equal((Ram, Slots), (_client.Ram.Limit, _client.Capabilities.Limit));
        Assert.Equal(Ram, _server.Ram.Limit);
    }

    [Fact]
    public void Server_that_hangs_when_it_is_to_close_a_session_keeps_nobody_and_nothing()
    {
        Capability<IObject> session = Open();
        HangAt("Close");
        Assert.True(_client.Parent.Close(session).Succeeded);
        Assert.Equal((Ram, Slots), (_client.Ram.Limit, _client.Capabilities.Limit));
        Assert.False(((KernelCapability)session.Owner).Object.IsAlive);
    }

    [Fact]
    public void Client_that_ends_asks_a_server_that_hangs_once_and_not_for_each_session()
    {
        for (int i = 0; i < 4; i++)
            Open();
        int asked = HangAt("Close");
        _client.End();
        Assert.True(SpinWait.SpinUntil(() => _server.Ram.Limit == Ram && _server.Capabilities.Limit == Slots, s_soon));
        Assert.Equal(asked + 1, _asked);
    }

    [Fact]
    public void What_a_server_keeps_of_a_closed_session_stays_on_its_account_and_is_lost_to_nobody_else()
    {
        _server.Root.IsGreedy = true;
        Capability<IObject> session = _client.Parent.Session("service", "", new Donation(Ram, 0)).Value;
        _server.Monitored.Domain.CreateDataspace(Ram - 4096);
        Assert.True(_client.Parent.Close(session).Succeeded);
        Assert.Equal(4096ul, _client.Ram.Limit);
        Assert.Equal((2 * Ram) - 4096, _server.Ram.Limit);
    }

    private int HangAt(string method)
    {
        _server.Root.Before = asked =>
        {
            if (asked != method)
                return;
            Interlocked.Increment(ref _asked);
            _goesOn.Wait(s_soon);
        };
        return _asked;
    }

    private Capability<IObject> Open() => _client.Parent.Session("service", "", s_donation).Value;

    private void AssertAsAtTheBeginning()
    {
        Assert.Equal((Ram, Slots), (_client.Ram.Limit, _client.Capabilities.Limit));
        Assert.Equal((Ram, Slots), (_server.Ram.Limit, _server.Capabilities.Limit));
    }
}
