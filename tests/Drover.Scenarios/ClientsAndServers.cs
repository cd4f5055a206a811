using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>Sessions between components: donations, upgrades, revocation, and the death of either side.</summary>
public sealed class ClientsAndServers
{
    private const ulong Donated = 16 << 20;

    [Fact]
    public async Task Client_has_sessions_of_two_services_and_gets_back_what_it_gave_by_closing_revocation_and_death()
    {
        await using Ecus ecus = new();
        await ServeAsync(ecus);

        IReadOnlyList<string> lines = await ecus.A.RunToEndAsync(Programs.Steward, "borrow");

        Assert.Equal(
            [
                $"given {3 * Donated}, sessions 2 and 1",
                $"upgraded: True, limits {Donated} and {2 * Donated}",
                "used: True, True",
                $"closed one: given {2 * Donated}, sessions 1",
                $"revoked: done, then PeerGone, upgrade ServiceGone, given {Donated}",
                "too much: OutOfQuota",
                "death: PeerGone, then PeerGone",
                "upgrade: ServiceGone, open: NoSuchService, given 0",
            ],
            lines);
        Assert.Equal(new ComponentExit(ExitReason.Exited, 3), await ecus.A.WaitForExitAsync("server", Ecus.Soon));
    }

    [Fact]
    public async Task Death_of_a_client_closes_its_sessions_and_takes_what_it_gave_from_the_server()
    {
        await using Ecus ecus = new();
        await ServeAsync(ecus);
        ComponentInfo idle = (await ecus.A.ListAsync()).Single();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Steward, Name = "client", Arguments = ["hold"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("client", line => line == $"holding {Donated}");
        ulong given = (await ecus.A.InspectAsync("server")).Quota.RamLimitBytes;

        await ecus.A.StopAsync("client");

        await UntilAsync(async () => (await ecus.A.InspectAsync("server")).Quota is { } quota && quota.RamLimitBytes == given - Donated && quota.CapabilitiesUsed <= idle.Quota.CapabilitiesUsed);
    }

    [Fact]
    public async Task Client_is_moved_with_its_donation_and_gives_it_to_the_server_there()
    {
        await using Ecus ecus = new();
        await ServeAsync(ecus);
        await ecus.B.RunAsync(new RunRequest { Program = Programs.Steward, Name = "server", Arguments = ["lend"] }, Ecus.Soon);
        await ecus.B.WaitForLineAsync("server", line => line == "lending");
        ulong unused = (await ecus.B.InspectAsync("server")).Quota.RamLimitBytes;
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Steward, Name = "client", Arguments = ["hold"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("client", line => line == $"holding {Donated}");
        ulong limit = (await ecus.A.InspectAsync("client")).Quota.RamLimitBytes;
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("client", image);

        await ecus.B.RestoreAsync(image);

        Assert.Equal(limit, (await ecus.B.InspectAsync("client")).Quota.RamLimitBytes);
        Assert.Equal(unused + Donated, (await ecus.B.InspectAsync("server")).Quota.RamLimitBytes);
        await UntilAsync(async () => (await ecus.A.InspectAsync("server")).Quota.RamLimitBytes == unused);
    }

    [Fact]
    public async Task Server_is_moved_without_the_donation_of_a_client_that_stays()
    {
        await using Ecus ecus = new();
        await ServeAsync(ecus);
        ulong alone = (await ecus.A.InspectAsync("server")).Quota.RamLimitBytes;
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Steward, Name = "client", Arguments = ["hold"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("client", line => line == $"holding {Donated}");
        ulong limit = (await ecus.A.InspectAsync("client")).Quota.RamLimitBytes;
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("server", image);

        await ecus.B.RestoreAsync(image);

        Assert.Equal(limit + Donated, (await ecus.A.InspectAsync("client")).Quota.RamLimitBytes);
        await UntilAsync(async () => (await ecus.B.InspectAsync("server")).Quota.RamLimitBytes == alone);
        string second = ecus.NewImage();
        await ecus.A.CheckpointAsync("client", second);
        await ecus.B.RestoreAsync(second);
        Assert.Equal(limit + Donated, (await ecus.B.InspectAsync("client")).Quota.RamLimitBytes);
    }

    private static async Task ServeAsync(Ecus ecus)
    {
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Steward, Name = "server", Arguments = ["lend"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("server", line => line == "lending");
    }

    /// <summary>Servers are told of the end of their clients beside it, and nobody says when that is done.</summary>
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        CancellationToken soon = Ecus.Soon;
        while (!await holds())
        {
            soon.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
