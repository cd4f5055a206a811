using Drover.Core.Memory;
using Drover.Images;
using Drover.Images.State;
using Drover.Platform;

namespace Drover.Monitor.Checkpoint;

/// <summary>What has to be copied of a dataspace.</summary>
/// <param name="Pages">Only pages with content.</param>
/// <param name="Known">Null if nothing is known any more; otherwise what was written, or may have been.</param>
internal sealed record DataspaceRest(ContentRounds Content, IReadOnlyList<PageRun> Pages, IReadOnlyList<PageRun>? Known);

/// <summary>
/// The dataspaces of a component in an image for which writes are tracked. Of each only what was written is copied, as long as all
/// writes to it were seen; otherwise all of it, which is compared with what the parent image has. The caller holds the component's
/// <see cref="StopTurns"/>.
/// </summary>
internal sealed class DataspaceRounds(MonitoredComponent component, ImageWriter writer, bool isNoted)
{
    private const int ChunkBytes = 1 << 20;

    private readonly Dictionary<Dataspace, Tracked> _tracked = [];
    private readonly byte[] _chunk = GC.AllocateUninitializedArray<byte>(ChunkBytes);

    /// <summary>To be called before each look.</summary>
    /// <param name="open">Gives the memory of which the component has descriptors.</param>
    public void BeforeLook(Func<IReadOnlySet<ulong>> open)
    {
        IReadOnlyList<Dataspace> owned = component.Domain.OwnedDataspaces();
        foreach (Dataspace dataspace in owned)
            Track(dataspace);
        component.DataspaceNotes.BeforeLook(owned, open);
    }

    /// <summary>Begins with what there is, so that this need not be done in the stop.</summary>
    public void Prepare()
    {
        foreach (Dataspace dataspace in component.Domain.OwnedDataspaces())
            Track(dataspace);
    }

    /// <summary>Copies what was written while the component runs; gives its bytes.</summary>
    public ulong CopyRunning(PageChanges changes, CancellationToken cancel)
    {
        ulong bytes = 0;
        foreach ((Dataspace dataspace, SharedChanges? written) in component.DataspaceNotes.AfterLook(changes))
        {
            if (!dataspace.TryLease(out DataspaceLease? lease))
                continue;
            using (lease)
            {
                DataspaceRest rest = RestOf(dataspace, written, lease.Memory);
                bytes += PageRuns.LengthBytes(rest.Pages);
                Write(rest, new Live(lease.Memory), cancel);
            }
        }

        return bytes;
    }

    /// <param name="dataspace">One of the component.</param>
    /// <param name="written">What was written to it since the last look; null if that is not known.</param>
    /// <param name="memory">Its memory.</param>
    public DataspaceRest RestOf(Dataspace dataspace, SharedChanges? written, ISharedMemory memory)
    {
        Tracked tracked = Track(dataspace);
        if (written is null || !tracked.IsKnown)
        {
            tracked.IsKnown = true;
            return new DataspaceRest(tracked.Content, PopulatedPages(memory), null);
        }

        List<PageRun> populated = [.. written.Unseen.SelectMany(memory.Populated)];
        List<PageRun> pages = PageRuns.Union(written.Written, populated);
        return new DataspaceRest(tracked.Content, pages, PageRuns.Union(written.Written, written.Unseen));
    }

    /// <summary>Writes what was copied.</summary>
    public void Write(DataspaceRest rest, IPageSource source, CancellationToken cancel)
    {
        if (rest.Known is null)
        {
            rest.Content.ForgetAll(rest.Pages);
        }
        else
        {
            rest.Content.Forget(rest.Known);
            rest.Content.Drop(PageRuns.Except(rest.Known, rest.Pages));
        }

        foreach (PageRun run in rest.Pages)
        {
            for (ulong at = run.Address; at < run.End;)
            {
                cancel.ThrowIfCancellationRequested();
                Span<byte> chunk = _chunk.AsSpan(0, (int)Math.Min(ChunkBytes, run.End - at));
                source.Read(at, chunk);
                rest.Content.Write(at, chunk, compare: rest.Known is null);
                at += (ulong)chunk.Length;
            }
        }
    }

    /// <summary>Ends those that are not in the image.</summary>
    public void DropOthers(IReadOnlySet<ContentRounds> ended)
    {
        foreach (Tracked tracked in _tracked.Values)
        {
            if (!ended.Contains(tracked.Content))
                writer.DropDataspace(tracked.Content);
        }
    }

    private Tracked Track(Dataspace dataspace)
    {
        if (_tracked.TryGetValue(dataspace, out Tracked? known))
            return known;
        Tracked tracked = new(writer.BeginDataspace(dataspace.Badge.Value)) { IsKnown = isNoted };
        if (isNoted)
            tracked.Content.InheritAll();
        _tracked.Add(dataspace, tracked);
        return tracked;
    }

    private static List<PageRun> PopulatedPages(ISharedMemory memory)
    {
        List<PageRun> runs = [];
        foreach ((ulong offset, ulong length) in memory.PopulatedRanges())
            PageRuns.Append(runs, offset, offset + length);
        return runs;
    }

    private sealed class Tracked(ContentRounds content)
    {
        public ContentRounds Content { get; } = content;

        /// <summary>The image, or its parent, has what was in it at the look before.</summary>
        public bool IsKnown { get; set; }
    }

    private sealed class Live(ISharedMemory memory) : IPageSource
    {
        public IReadOnlyList<PageRun> Runs => [];

        public void Read(ulong address, Span<byte> destination) => memory.Span(address, destination.Length).CopyTo(destination);
    }
}
