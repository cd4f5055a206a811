using Drover.Platform;

namespace Drover.Images.Content;

/// <summary>The content of a dataspace that was never written.</summary>
internal sealed class EmptyContent : IPageSource
{
    public static EmptyContent Instance { get; } = new();

    public IReadOnlyList<PageRun> Runs => [];

    public void Read(ulong address, Span<byte> destination) =>
        throw new ArgumentOutOfRangeException(nameof(address), $"The image has no page at 0x{address:x}.");
}
