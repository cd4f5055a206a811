using System.Diagnostics;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>Programs without the shared runtime are components like any other.</summary>
public sealed class NativeComponents
{
    [NativeAotFact]
    public async Task Sheep_counter_compiled_ahead_of_time_is_moved_to_and_fro()
    {
        await using Ecus ecus = new();
        string program = await PublishAsync(Path.GetDirectoryName(ecus.NewImage())!);
        ILocalNode here = ecus.A;
        ILocalNode there = ecus.B;
        await here.RunAsync(new RunRequest { Program = program, Name = "SheepCounter", Arguments = ["20"] }, Ecus.Soon);
        await here.NextCountAsync();
        for (int move = 1; move <= 6; move++)
        {
            string image = ecus.NewImage();
            CheckpointReport checkpoint = await here.CheckpointAsync("SheepCounter", image);
            int last = await here.LastCountAsync(checkpoint.LogSequence);
            await there.RestoreAsync(image);
            Assert.Equal(last + 1, await there.NextCountAsync());
            (here, there) = (there, here);
        }

        Assert.EndsWith("called 8", (await here.RunToEndAsync(Programs.Examiner, "inventory"))[0], StringComparison.Ordinal);
    }

    private static async Task<string> PublishAsync(string folder)
    {
        string output = Path.Combine(folder, "native");
        ProcessStartInfo start = new(
            "dotnet", ["publish", Programs.NativeSheepProject, "--configuration", "Release", "--runtime", "linux-x64", "--output", output, "--nologo", "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process publish = Process.Start(start)!;
        Task<string> errors = publish.StandardError.ReadToEndAsync(Ecus.Soon);
        string text = await publish.StandardOutput.ReadToEndAsync(Ecus.Soon);
        await publish.WaitForExitAsync(Ecus.Soon);
        Assert.True(publish.ExitCode == 0, text + await errors);
        return Path.Combine(output, "NativeSheep");
    }
}
