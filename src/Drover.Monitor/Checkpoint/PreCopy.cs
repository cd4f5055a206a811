using System.Diagnostics;
using Drover.Images;
using Drover.Platform;
using Drover.Platform.Faults;

namespace Drover.Monitor.Checkpoint;

/// <summary>What was copied in one round while the component ran.</summary>
/// <param name="Bytes">Of the pages that were found written.</param>
/// <param name="Duration">Of the look and the copying.</param>
public sealed record PreCopyRound(long Bytes, TimeSpan Duration);

/// <summary>
/// Copies private memory and dataspaces into an image while their component runs on, in rounds: first all, or what was written since the
/// parent image, then what was written since the round before. The stop then has to copy only what was written since the last
/// round. The caller holds the component's <see cref="StopTurns"/>.
/// </summary>
/// <remarks>A page is protected by the look before it is read: if it is written while it is read, it is found written by the next look and
/// read again. What cannot be read, because it vanished, stays unknown, and if it is there at the stop it is copied then.</remarks>
internal sealed class PreCopy
{
    /// <summary>A component that writes faster than it can be copied is stopped after so many.</summary>
    public const int MostRounds = 8;

    /// <summary>What is copied in the stop in less time than another round takes.</summary>
    public const ulong FewBytes = 512 << 10;

    private const int ChunkBytes = 1 << 20;

    private readonly ContentRounds _content;
    private readonly DataspaceRounds _dataspaces;
    private readonly bool _isNoted;
    private readonly List<PreCopyRound> _rounds = [];
    private readonly byte[] _chunk = GC.AllocateUninitializedArray<byte>(ChunkBytes);
    private readonly List<PageRun> _runs = [];
    private readonly List<PageRun> _missed = [];

    private PreCopy(ContentRounds content, DataspaceRounds dataspaces, bool isNoted)
    {
        _content = content;
        _dataspaces = dataspaces;
        _isNoted = isNoted;
    }

    public IReadOnlyList<PreCopyRound> Rounds => _rounds;

    /// <param name="component">Runs.</param>
    /// <param name="writer">Of the image.</param>
    /// <param name="dataspaces">Those of the component, in the same image.</param>
    /// <param name="isNoted">Whether it is noted what was written since the parent image.</param>
    /// <param name="mostRounds">At least one.</param>
    /// <param name="faults">Steps that are to fail on purpose.</param>
    /// <param name="cancel">Ends the copying.</param>
    public static PreCopy Run(
        MonitoredComponent component, ImageWriter writer, DataspaceRounds dataspaces, bool isNoted, int mostRounds, FaultPoints faults, CancellationToken cancel)
    {
        // Whatever was noted before is taken by the first look: until an image with it is committed, nothing can build upon the notes.
        component.WritesNotedSince = null;
        PreCopy copy = new(writer.BeginPages(), dataspaces, isNoted);
        using IRunningMemory memory = component.Process.OpenMemory();
        ulong before = ulong.MaxValue;
        while (copy._rounds.Count < mostRounds)
        {
            ulong bytes = copy.Round(memory, faults, cancel);
            if (copy._rounds.Count == 1 && isNoted)
                component.BytesNoted = bytes;
            // It converges as long as each round leaves clearly less to do than the one before.
            if (bytes <= FewBytes || (copy._rounds.Count > 2 && bytes > before / 4 * 3))
                break;
            before = bytes;
        }

        return copy;
    }

    /// <summary>What of the stopped component's memory is not in the image yet.</summary>
    public IReadOnlyList<PageRun> Remaining(PageChanges changes)
    {
        if (!changes.IsComplete)
            return changes.Written;
        return PageRuns.Union(changes.Written, _content.Missing(changes.Unchanged));
    }

    /// <summary>Writes what was copied in the stop; nothing but what was found there is in the image.</summary>
    public void Finish(IPageSource memory, IReadOnlyList<PageRun> remaining, PageChanges changes, CancellationToken cancel)
    {
        foreach (PageRun run in remaining)
        {
            for (ulong at = run.Address; at < run.End;)
            {
                cancel.ThrowIfCancellationRequested();
                Span<byte> chunk = _chunk.AsSpan(0, (int)Math.Min(ChunkBytes, run.End - at));
                memory.Read(at, chunk);
                _content.Write(at, chunk, compare: !_isNoted);
                at += (ulong)chunk.Length;
            }
        }

        _content.Keep(PageRuns.Union(changes.Written, changes.Unchanged));
    }

    /// <summary>Copies what was written since the round before; gives its bytes.</summary>
    private ulong Round(IRunningMemory memory, FaultPoints faults, CancellationToken cancel)
    {
        long began = Stopwatch.GetTimestamp();
        faults.Reach(FaultPoint.CheckpointPreCopyLook);
        _dataspaces.BeforeLook(memory.OpenShared);
        PageChanges changes = memory.TakeChanges();
        bool isFirst = _rounds.Count == 0;
        IReadOnlyList<PageRun> written = isFirst && !_isNoted ? PageRuns.Union(changes.Written, changes.Unchanged) : changes.Written;
        _content.Forget(written);
        if (isFirst && _isNoted)
            _content.Inherit(changes.Unchanged);
        faults.Reach(FaultPoint.CheckpointPreCopyPages);
        Copy(memory, written, cancel);
        ulong bytes = PageRuns.LengthBytes(written) + _dataspaces.CopyRunning(changes, cancel);
        _rounds.Add(new PreCopyRound((long)bytes, Stopwatch.GetElapsedTime(began)));
        return bytes;
    }

    private void Copy(IRunningMemory memory, IReadOnlyList<PageRun> written, CancellationToken cancel)
    {
        int filled = 0;
        foreach (PageRun run in written)
        {
            for (ulong at = run.Address; at < run.End;)
            {
                ulong length = Math.Min(run.End - at, (ulong)(ChunkBytes - filled));
                _runs.Add(new PageRun(at, length));
                filled += (int)length;
                at += length;
                if (filled < ChunkBytes)
                    continue;
                CopyRuns(memory, filled, cancel);
                filled = 0;
            }
        }

        CopyRuns(memory, filled, cancel);
    }

    private void CopyRuns(IRunningMemory memory, int lengthBytes, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Span<byte> content = _chunk.AsSpan(0, lengthBytes);
        memory.Read([.. _runs], content, _missed);
        if (_missed.Count == 0)
            _content.Write(_runs, content, compare: !_isNoted);
        else
            WriteAllBut(_missed, content);
        _runs.Clear();
        _missed.Clear();
    }

    /// <summary>Writes what was read of the runs.</summary>
    private void WriteAllBut(List<PageRun> missed, ReadOnlySpan<byte> content)
    {
        int next = 0;
        foreach (PageRun run in _runs)
        {
            ReadOnlySpan<byte> pages = content[..(int)run.LengthBytes];
            content = content[pages.Length..];
            ulong at = run.Address;
            for (; next < missed.Count && missed[next].Address < run.End; next++)
            {
                _content.Write(at, pages[(int)(at - run.Address)..(int)(missed[next].Address - run.Address)], compare: !_isNoted);
                at = missed[next].End;
            }

            _content.Write(at, pages[(int)(at - run.Address)..], compare: !_isNoted);
        }
    }
}
