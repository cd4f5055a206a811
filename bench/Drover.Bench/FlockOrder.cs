using System.Globalization;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>The component Flock: some memory, a part of which it writes again and again.</summary>
/// <param name="MemoryMib">How much.</param>
/// <param name="Percent">Of its pages that it writes in each round.</param>
/// <param name="EveryMs">From one round to the next.</param>
/// <param name="InDataspace">Its memory is a dataspace; otherwise private memory.</param>
/// <param name="IsBusy">It computes without a break and says how long it took.</param>
internal sealed record FlockOrder(int MemoryMib, double Percent = 1, double EveryMs = 100, bool InDataspace = false, bool IsBusy = false)
{
    /// <summary>Of a program that hardly has any memory and writes a line every millisecond: CRIU's SheepCounter.</summary>
    public static readonly FlockOrder Small = new(1, Percent: 1, EveryMs: 1);

    private const int RuntimeMib = 640;
    private const int PageBytes = 4096;

    /// <summary>Bytes of the pages that one round writes.</summary>
    public double RoundBytes => Math.Ceiling(MemoryMib * 1048576.0 / PageBytes * Percent / 100) * PageBytes;

    public string[] Arguments =>
    [
        .. IsBusy ? ["busy"] : Array.Empty<string>(),
        InDataspace ? "dataspace" : "private",
        MemoryMib.ToString(CultureInfo.InvariantCulture),
        Percent.ToString(CultureInfo.InvariantCulture),
        EveryMs.ToString(CultureInfo.InvariantCulture),
    ];

    public RunRequest Request(string name) => new()
    {
        Program = MeasuredPrograms.Flock,
        Name = name,
        Arguments = Arguments,
        RamBytes = (ulong)(MemoryMib + RuntimeMib) << 20,
    };

    /// <summary>Starts it; returns once all of its memory has content.</summary>
    public async Task<ComponentInfo> StartAsync(ILocalNode node, string name, CancellationToken cancel)
    {
        ComponentInfo component = await node.RunAsync(Request(name), cancel).ConfigureAwait(false);
        await node.WaitForLineAsync(component.Name, "flock of ", cancel).ConfigureAwait(false);
        Pinning.Check(component);
        return component;
    }
}
