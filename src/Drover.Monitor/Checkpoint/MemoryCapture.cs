using Drover.Images;
using Drover.Platform;

namespace Drover.Monitor.Checkpoint;

/// <summary>
/// The private memory of a component at the moment of a checkpoint, and what of it is as in the parent image. If the writes
/// since the parent were noted, the written pages are known at once; otherwise they are found by comparing with the parent,
/// while the component runs on. Owns the copy of the memory.
/// </summary>
internal sealed class MemoryCapture : IDisposable
{
    /// <summary>Up to here copying the written pages while the component stands still is quicker than forking all page
    /// tables, and takes as much memory as the copy at most.</summary>
    private const ulong MostCopiedBytes = 64 << 20;

    private readonly IMemorySnapshot _memory;
    private readonly ImageReader? _parent;
    private readonly PageChanges? _changes;

    private MemoryCapture(IMemorySnapshot memory, ImageReader? parent, PageChanges? changes)
    {
        _memory = memory;
        _parent = parent;
        _changes = changes;
    }

    /// <param name="stopped">Whose memory it is.</param>
    /// <param name="parent">What a delta image is to build upon, or null. Stays the caller's, until this has been written.</param>
    public static MemoryCapture Take(StoppedComponent stopped, ImageReader? parent)
    {
        if (parent is null)
            return new MemoryCapture(stopped.Process.Snapshot(), null, null);
        PageChanges changes = stopped.Process.TakeChanges();
        // Whatever was noted before has been taken: until an image with it is committed, nothing can build upon the notes.
        Guid? noted = stopped.Component.WritesNotedSince;
        stopped.Component.WritesNotedSince = null;
        if (!changes.IsComplete || noted is null || noted != parent.Manifest.ImageId)
            return new MemoryCapture(stopped.Process.Snapshot(), parent, null);
        IMemorySnapshot memory = LengthBytes(changes.Written) <= MostCopiedBytes
            ? stopped.Process.Copy(changes.Written)
            : stopped.Process.Snapshot();
        return new MemoryCapture(memory, parent, changes);
    }

    public void WriteTo(ImageWriter writer, CancellationToken cancel)
    {
        if (_parent is null)
        {
            writer.WritePages(_memory, cancel);
        }
        else if (_changes is not null)
        {
            writer.WritePages(new PageSelection(_memory, _changes.Written), _changes.Unchanged, cancel);
        }
        else
        {
            ImageDifference difference = ImageDifference.OfMemory(_memory, _parent, cancel);
            writer.WritePages(difference, difference.Inherited, cancel);
        }
    }

    public void Dispose() => _memory.Dispose();

    private static ulong LengthBytes(IReadOnlyList<PageRun> runs)
    {
        ulong bytes = 0;
        foreach (PageRun run in runs)
            bytes += run.LengthBytes;
        return bytes;
    }

    private sealed class PageSelection(IPageSource memory, IReadOnlyList<PageRun> runs) : IPageSource
    {
        public IReadOnlyList<PageRun> Runs => runs;

        public void Read(ulong address, Span<byte> destination) => memory.Read(address, destination);
    }
}
