using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S6: what was agreed with the services of core holds after a restore: arguments, upgrades, accounts.</summary>
public sealed class S6SessionsOfCore
{
    [Fact]
    public async Task Arguments_summed_upgrades_and_accounts_are_equal_before_and_after()
    {
        await using Ecus ecus = new();
        string module = ecus.NewFile("good morning");
        await ecus.A.RunAsync(
            new RunRequest
            {
                Program = Programs.Steward,
                Name = "server",
                Arguments = ["accounts"],
                RamBytes = 400 << 20,
                Capabilities = 777,
                Roms = new Dictionary<string, string> { ["greeting"] = module },
            },
            Ecus.Soon);
        LogEntry settled = await ecus.A.WaitForLineAsync("server", IsAccount);
        await ecus.A.WaitForLineAsync("server", IsAccount, settled.Sequence);
        InspectReport before = await ecus.A.InspectAsync("server");
        string image = ecus.NewImage();
        CheckpointReport checkpoint = await ecus.A.CheckpointAsync("server", image);
        string last = (await ecus.A.LogAsync("server")).Last(entry => entry.Sequence <= checkpoint.LogSequence && IsAccount(entry.Text)).Text;
        InspectReport inImage = await ecus.B.InspectImageAsync(image, Ecus.Soon);

        await ecus.B.RestoreAsync(image);

        Assert.Equal(last, (await ecus.B.WaitForLineAsync("server", IsAccount)).Text);
        InspectReport after = await ecus.B.InspectAsync("server");
        Assert.Equal(before.Quota, inImage.Quota);
        Assert.Equal(before.Quota, after.Quota);
        Assert.Equal(777 - 2 - 1 - 5 - 7 - 3, after.Quota.CapabilityLimit);
        Assert.Equal(before.Sessions, inImage.Sessions);
        Assert.Equal(before.Sessions, after.Sessions);
        Assert.Equal(["CPU", "LOG", "PD", "RM", "ROM", "Timer", "Timer"], after.Sessions.Select(session => session.Service).Order());
        Assert.Contains(after.Sessions, session => session is { Service: "LOG", Arguments: "accounts", Upgrades: "16384 bytes, 3 capabilities" });
        Assert.Contains(after.Sessions, session => session is { Service: "ROM", Arguments: "greeting", Upgrades: "12288 bytes, 5 capabilities" });
        Assert.Contains(after.Sessions, session => session is { Service: "Timer", Upgrades: "1048576 bytes, 10 capabilities" });
        string first = (await ecus.A.LogAsync("server")).First(entry => entry.Text.StartsWith("at first", StringComparison.Ordinal)).Text;
        Assert.Equal([first.Replace("first", "last", StringComparison.Ordinal)], await ecus.B.RunToEndAsync(Programs.Steward, "close"));
    }

    [Fact]
    public async Task Each_session_to_a_module_still_ends_its_own_dataspace_and_no_other()
    {
        await using Ecus ecus = new();
        RunRequest request = new()
        {
            Program = Programs.Examiner,
            Arguments = ["sessions"],
            Roms = new Dictionary<string, string> { ["greeting"] = ecus.NewFile("good morning") },
        };
        await ecus.A.RunAsync(request, Ecus.Soon);
        await ecus.A.WaitForLineAsync("Examiner", line => line.StartsWith("left 37:", StringComparison.Ordinal));
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("Examiner", image);

        await ecus.B.RestoreAsync(image);

        await ecus.B.WaitForLineAsync("Examiner", line => line.StartsWith("left 0:", StringComparison.Ordinal));
        IEnumerable<string> lines = (await ecus.B.LogAsync("Examiner")).Select(entry => entry.Text).Where(line => line.StartsWith("left", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Matches("^left ([0-9]+): \\1 are there$", line));
    }

    private static bool IsAccount(string line) => line.StartsWith("[accounts] ram ", StringComparison.Ordinal);
}
