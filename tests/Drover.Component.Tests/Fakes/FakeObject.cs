using Drover.Contracts.Rpc;

namespace Drover.Component.Tests.Fakes;

/// <summary>A kernel object of the tests' core: served by a dispatcher there, or a gate of the component.</summary>
internal class FakeObject(ulong badge)
{
    public ulong Badge { get; set; } = badge;

    public bool IsAlive { get; set; } = true;

    public IRpcDispatcher? Service { get; init; }
}

internal sealed class FakeGate(ulong badge, uint entrypoint, ulong label) : FakeObject(badge)
{
    public uint Entrypoint { get; } = entrypoint;

    public ulong Label { get; } = label;
}

internal sealed class FakeDataspace(ulong badge, string path, ulong lengthBytes) : FakeObject(badge)
{
    public string Path { get; } = path;

    public ulong LengthBytes { get; } = lengthBytes;
}

internal sealed class FakeSignalSource(ulong badge) : FakeObject(badge)
{
    public SortedDictionary<ulong, ulong> Pending { get; } = [];
}

internal sealed class FakeSignalContext(ulong badge, FakeSignalSource source, ulong imprint) : FakeObject(badge)
{
    public FakeSignalSource Source { get; } = source;

    public ulong Imprint { get; } = imprint;
}
