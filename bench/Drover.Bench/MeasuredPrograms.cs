using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>The components that are measured, and what is done with them.</summary>
internal static class MeasuredPrograms
{
    public static string SheepCounter => PathOf(nameof(SheepCounter));

    public static string Meter => PathOf(nameof(Meter));

    public static string Flock => PathOf(nameof(Flock));

    public static Task<ComponentInfo> RunSheepCounterAsync(this ILocalNode node, int milliseconds, CancellationToken cancel) =>
        node.RunAsync(new RunRequest { Program = SheepCounter, Arguments = [$"{milliseconds}"] }, cancel);

    /// <summary>The component as it is now.</summary>
    public static async Task<ComponentInfo> CurrentAsync(this ILocalNode node, string name, CancellationToken cancel) =>
        (await node.ListAsync(cancel).ConfigureAwait(false)).Single(known => known.Name == name);

    private static string PathOf(string program) => Path.Combine(AppContext.BaseDirectory, "programs", program, $"{program}.dll");
}
