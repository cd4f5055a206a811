using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>Components with much memory, which look at all of it when they find that they were restored.</summary>
internal static class Laggards
{
    public const string Name = "Laggard";

    public const int Mebibytes = 96;

    private static readonly string s_whole = $": {Mebibytes * 256} pages as they should be";

    public static bool IsWhole(string line) => line.EndsWith(s_whole, StringComparison.Ordinal);

    /// <param name="node">Where to.</param>
    /// <param name="what">What it does when it is restored.</param>
    public static async Task StartAsync(ILocalNode node, string what)
    {
        await node.RunAsync(new RunRequest { Program = Programs.Laggard, Arguments = [$"{Mebibytes}", what] }, Ecus.Soon);
        await node.WaitForLineAsync(Name, line => line == "ready");
    }

    /// <summary>The image of one that was started on A and has ended there.</summary>
    public static async Task<string> CheckpointAsync(Ecus ecus, string what)
    {
        await StartAsync(ecus.A, what);
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync(Name, image);
        return image;
    }

    /// <summary>Restores one lazily.</summary>
    public static Task<RestoreReport> RestoreAsync(INodeOperations node, string image, string? name = null) =>
        node.RestoreAsync(new RestoreRequest(image, name, Lazy: true), Ecus.Soon);

    /// <summary>Lets so much time pass since now that one that is put back to now finds it gone: by that it notices that it was restored, and it need
    /// not have said anything in between, if it was whole before.</summary>
    public static Task MissTimeAsync() => Task.Delay(TimeSpan.FromMilliseconds(50));

    /// <summary>Waits until it has found all its memory as it should be.</summary>
    public static Task<LogEntry> WholeAsync(INodeOperations node, string name = Name) => node.WaitForLineAsync(name, IsWhole);
}
