using Drover.Images;
using Drover.Platform;

namespace Drover.Monitor.Checkpoint;

/// <summary>
/// The private memory of a component at the moment of a checkpoint, and what of it is as in the parent image. If the writes
/// since the parent were noted, the written pages are known at once; otherwise they are found by comparing with the parent,
/// while the component runs on. If most was copied beforehand, it is the rest of it. Owns the copy of the memory.
/// </summary>
internal sealed class MemoryCapture : IDisposable
{
    /// <summary>Up to here copying the written pages while the component stands still is quicker than forking all page
    /// tables, and takes as much memory as the copy at most.</summary>
    private const ulong MostCopiedBytes = 64 << 20;

    private readonly IMemorySnapshot _memory;
    private bool _isTakenOver;

    private MemoryCapture(IMemorySnapshot memory) => _memory = memory;

    private ImageReader? Parent { get; init; }

    private PreCopy? PreCopy { get; init; }

    /// <summary>What is to be written of the copy; all of it if null.</summary>
    private IReadOnlyList<PageRun>? Pages { get; init; }

    private PageChanges? Changes { get; init; }

    /// <param name="stopped">Whose memory it is.</param>
    /// <param name="basis">What of the image there is already.</param>
    /// <param name="changes">What the engine noted, if it was asked.</param>
    public static MemoryCapture Take(StoppedComponent stopped, ImageBase basis, PageChanges? changes)
    {
        if (changes is null)
            return new MemoryCapture(stopped.Process.Snapshot());
        if (basis.PreCopy is { } preCopy)
            return TakeRest(stopped, preCopy, changes);
        ImageReader parent = basis.Parent!;
        // Whatever was noted before has been taken: until an image with it is committed, nothing can build upon the notes.
        Guid? noted = stopped.Component.WritesNotedSince;
        stopped.Component.WritesNotedSince = null;
        if (!changes.IsComplete || noted is null || noted != parent.Manifest.ImageId)
            return new MemoryCapture(stopped.Process.Snapshot()) { Parent = parent };
        stopped.Component.BytesNoted = PageRuns.LengthBytes(changes.Written);
        return new MemoryCapture(Copy(stopped, changes.Written)) { Parent = parent, Changes = changes, Pages = changes.Written };
    }

    public void WriteTo(ImageWriter writer, CancellationToken cancel)
    {
        if (PreCopy is not null)
        {
            PreCopy.Finish(_memory, Pages!, Changes!, cancel);
        }
        else if (Parent is null)
        {
            writer.WritePages(_memory, cancel);
        }
        else if (Changes is not null)
        {
            writer.WritePages(new PageSelection(_memory, Pages!), Changes.Unchanged, cancel);
        }
        else
        {
            ImageDifference difference = ImageDifference.OfMemory(_memory, Parent, cancel);
            writer.WritePages(difference, difference.Inherited, cancel);
        }
    }

    /// <summary>All of the memory, if it was not taken for a delta image. The caller owns it.</summary>
    public IMemorySnapshot TakeOver()
    {
        _isTakenOver = true;
        return _memory;
    }

    public void Dispose()
    {
        if (!_isTakenOver)
            _memory.Dispose();
    }

    private static MemoryCapture TakeRest(StoppedComponent stopped, PreCopy preCopy, PageChanges changes)
    {
        IReadOnlyList<PageRun> remaining = preCopy.Remaining(changes);
        return new MemoryCapture(Copy(stopped, remaining)) { PreCopy = preCopy, Changes = changes, Pages = remaining };
    }

    private static IMemorySnapshot Copy(StoppedComponent stopped, IReadOnlyList<PageRun> pages) =>
        PageRuns.LengthBytes(pages) <= MostCopiedBytes ? stopped.Process.Copy(pages) : stopped.Process.Snapshot();

    private sealed class PageSelection(IPageSource memory, IReadOnlyList<PageRun> runs) : IPageSource
    {
        public IReadOnlyList<PageRun> Runs => runs;

        public void Read(ulong address, Span<byte> destination) => memory.Read(address, destination);
    }
}
