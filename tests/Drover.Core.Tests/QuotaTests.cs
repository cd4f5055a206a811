using Drover.Contracts.Sessions;
using Drover.Core.Memory;
using Drover.Core.Tests.Fakes;

namespace Drover.Core.Tests;

/// <summary>Quota goes from one account to another; none is lost and none comes about.</summary>
public sealed class QuotaTests
{
    private readonly World _world = new();
    private readonly FakeDomain _client;
    private readonly FakeDomain _server;

    public QuotaTests()
    {
        _client = _world.Domain("client", ram: 100 * 4096, capabilities: 100);
        _server = _world.Domain("server", ram: 100 * 4096, capabilities: 100);
    }

    [Fact]
    public void Donation_comes_back_whole_if_it_is_not_in_use()
    {
        Donation donation = new(50 * 4096, 20);
        Assert.True(_client.Domain.TryDonate(_server.Domain, donation));
        Assert.Equal((50ul * 4096, 80ul), Limits(_client));
        Assert.Equal((150ul * 4096, 120ul), Limits(_server));
        Assert.Equal(donation, _server.Domain.GiveBack(_client.Domain, donation));
        Assert.Equal((100ul * 4096, 100ul), Limits(_client));
        Assert.Equal((100ul * 4096, 100ul), Limits(_server));
    }

    [Fact]
    public void What_the_server_uses_of_a_donation_stays_with_it_and_the_sum_is_the_same()
    {
        Donation donation = new(50 * 4096, 20);
        Assert.True(_client.Domain.TryDonate(_server.Domain, donation));
        Dataspace used = _server.Domain.CreateDataspace(120 * 4096).Value;
        Assert.Equal(new Donation(30 * 4096, 20), _server.Domain.GiveBack(_client.Domain, donation));
        Assert.Equal((80ul * 4096, 100ul), Limits(_client));
        Assert.Equal((120ul * 4096, 100ul), Limits(_server));
        Assert.True(_server.Domain.DestroyObject(used).Succeeded);
        Assert.Equal(new Donation(20 * 4096, 0), _server.Domain.GiveBack(_client.Domain, new Donation(20 * 4096, 0)));
        Assert.Equal((100ul * 4096, 100ul), Limits(_client));
    }

    [Fact]
    public void Donor_gets_all_back_from_a_server_that_has_ended()
    {
        Donation donation = new(50 * 4096, 20);
        Assert.True(_client.Domain.TryDonate(_server.Domain, donation));
        _server.Domain.CreateDataspace(140 * 4096);
        _server.Domain.Destroy();
        Assert.Equal(donation, _server.Domain.GiveBack(_client.Domain, donation));
        Assert.Equal((100ul * 4096, 100ul), Limits(_client));
        Assert.False(_client.Domain.TryDonate(_server.Domain, donation));
        Assert.Equal((100ul * 4096, 100ul), Limits(_client));
    }

    [Fact]
    public void Donation_leaves_the_server_when_the_donor_has_ended()
    {
        Donation donation = new(50 * 4096, 20);
        Assert.True(_client.Domain.TryDonate(_server.Domain, donation));
        _client.Domain.Destroy();
        _server.Domain.GiveBack(_client.Domain, donation);
        Assert.Equal((100ul * 4096, 100ul), Limits(_server));
    }

    [Theory]
    [InlineData(101 * 4096, 1)]
    [InlineData(4096, 101)]
    public void More_than_there_is_moves_nothing_of_either_kind(ulong ramBytes, ulong capabilities)
    {
        Donation donation = new(ramBytes, capabilities);
        Assert.False(_client.Domain.TryDonate(_server.Domain, donation));
        Assert.False(_client.Domain.TryWithdraw(donation));
        Assert.Equal((100ul * 4096, 100ul), Limits(_client));
        Assert.Equal((100ul * 4096, 100ul), Limits(_server));
    }

    private static (ulong Ram, ulong Capabilities) Limits(FakeDomain domain) =>
        (domain.Domain.RamAccount.Limit, domain.Domain.CapabilityAccount.Limit);
}
