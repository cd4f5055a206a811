using System.Globalization;
using Drover.Images;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S16: checkpoints while objects of all kinds are made and ended as fast as possible.</summary>
public sealed class S16UnderChange
{
    [Theory]
    [InlineData(3, 12, 30)]
    [InlineData(8, 3, 15)]
    public async Task Each_image_is_whole_and_the_component_agrees_with_itself_after_its_restore(int workers, int held, int images)
    {
        await using Ecus ecus = new();
        await ecus.A.RunChurnAsync(ecus, workers, held);
        long made = 0;
        for (int i = 0; i < images; i++)
        {
            string image = ecus.NewImage();
            CheckpointReport report = await ecus.A.CheckpointAsync("churn", image, leaveRunning: true);
            using (ImageReader reader = ImageReader.Open(image))
                reader.VerifyPages();

            await ecus.B.RestoreAsync(image);
            // The second was found by an inspection that began on this node.
            await ecus.B.WaitUntilConsistentAsync("churn", 2);
            await ecus.B.StopAsync("churn", Ecus.Soon);
            Directory.Delete(image, recursive: true);

            long madeNow = Churning.Made((await ecus.A.WaitForLineAsync("churn", Churning.IsReport, report.LogSequence)).Text);
            Assert.True(madeNow > made, $"nothing was made between two checkpoints: {made}, {madeNow}");
            made = madeNow;
        }
    }
}

/// <summary>The component Churn.</summary>
internal static class Churning
{
    public static async Task RunChurnAsync(this ILocalNode node, Ecus ecus, int workers, int held)
    {
        await node.RunAsync(
            new RunRequest
            {
                Program = Programs.Churn,
                Name = "churn",
                Arguments = [$"{workers}", $"{held}"],
                Roms = new Dictionary<string, string> { ["poem"] = ecus.NewFile("Mary had a little lamb") },
            },
            Ecus.Soon);
        await node.WaitUntilConsistentAsync("churn", 2);
    }

    /// <summary>Waits for so many reports of the instance that runs now; each says that all agrees. Gives the last.</summary>
    public static async Task<string> WaitUntilConsistentAsync(this ILocalNode node, string name, int reports)
    {
        int seen = 0;
        return (await node.WaitForLineAsync(name, line => IsReport(line) && ++seen == reports)).Text;
    }

    public static bool IsReport(string line)
    {
        Assert.False(line.StartsWith("inconsistent", StringComparison.Ordinal), line);
        return line.StartsWith("consistent ", StringComparison.Ordinal);
    }

    /// <summary>consistent ROUND after MADE</summary>
    public static long Made(string report) => long.Parse(report.Split(' ')[3], CultureInfo.InvariantCulture);

    public static long Round(string report) => long.Parse(report.Split(' ')[1], CultureInfo.InvariantCulture);
}
