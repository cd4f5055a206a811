using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>The components that are measured, and what is done with them.</summary>
internal static class MeasuredPrograms
{
    public static string SheepCounter => PathOf(nameof(SheepCounter));

    public static string Meter => PathOf(nameof(Meter));

    public static Task<ComponentInfo> RunSheepCounterAsync(this ILocalNode node, int milliseconds, CancellationToken cancel) =>
        node.RunAsync(new RunRequest { Program = SheepCounter, Arguments = [$"{milliseconds}"] }, cancel);

    /// <summary>The component as it is now.</summary>
    public static async Task<ComponentInfo> CurrentAsync(this ILocalNode node, string name, CancellationToken cancel) =>
        (await node.ListAsync(cancel).ConfigureAwait(false)).Single(known => known.Name == name);

    /// <summary>Waits for a line that begins so.</summary>
    public static async Task<string> WaitForLineAsync(this ILocalNode node, string name, string beginning, CancellationToken cancel)
    {
        List<string> seen = [];
        await foreach (LogEntry entry in node.ReadLogAsync(name, 0, follow: true, cancel).ConfigureAwait(false))
        {
            if (entry.Text.StartsWith(beginning, StringComparison.Ordinal))
                return entry.Text;
            seen.Add(entry.Text);
        }

        throw new BenchException($"{name} ended before it wrote '{beginning}'; it wrote:\n{string.Join('\n', seen)}");
    }

    private static string PathOf(string program) => Path.Combine(AppContext.BaseDirectory, "programs", program, $"{program}.dll");
}
