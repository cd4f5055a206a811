using Drover.Images;
using Drover.Platform;

namespace Drover.Bench.Inner;

/// <summary>Private memory that nothing can compress.</summary>
internal sealed class MadeUpPages : IPageSource
{
    private const ulong Start = 0x1000_0000;
    private readonly byte[] _content;

    public MadeUpPages(int pages)
    {
        _content = new byte[pages * ImageFormat.PageBytes];
        new Random(1).NextBytes(_content);
        Runs = [new PageRun(Start, (ulong)_content.Length)];
    }

    public IReadOnlyList<PageRun> Runs { get; }

    public void Read(ulong address, Span<byte> destination) => _content.AsSpan((int)(address - Start), destination.Length).CopyTo(destination);
}
