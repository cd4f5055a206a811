using System.Buffers;
using Drover.Linux.Memory;
using Drover.Platform;

namespace Drover.Linux.Userfault;

/// <summary>What others ask for. They count as one of the threads meanwhile, so that nothing is given back under their hands.</summary>
internal sealed unsafe partial class LazyFill
{
    /// <summary>Returns when nothing in a range is missing any more, or the process has been ended.</summary>
    public void FillNow(ulong start, ulong end) => Visit(start, end, static (_, _, _) => { });

    /// <summary>The same, and pages in it that never had content are there as well, or none waits for a page any more. What is
    /// no memory of the process stays so. For access through /proc/pid/mem, which does not wait for a page but fails.</summary>
    public void Bring(ulong start, ulong end)
    {
        if (!Visit(start, end, static (fill, from, to) => fill.ZeroRest(from, to)))
            _over.Task.Wait();
    }

    /// <summary>False if nothing is missing anywhere, and soon nobody waits for a page any more.</summary>
    private bool Visit(ulong start, ulong end, Action<LazyFill, ulong, ulong> then)
    {
        lock (_lock)
        {
            if (_threads == 0)
                return false;
            _threads++;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            // Whoever asks may have been given anything by the component.
            start &= ~(PageMath.PageBytes - 1);
            FillRange(start, end, buffer);
            then(this, start, end);
            return !IsComplete();
        }
#pragma warning disable CA1031 // As for its own threads.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fail(failure);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Wake();
            Leave();
        }
    }

    private void FillRange(ulong start, ulong end, byte[] buffer)
    {
        while (!_ending)
        {
            PageRun run;
            lock (_lock)
            {
                if (!_missing.TryNext(start, ChunkBytes, out run) || run.Address >= end)
                    return;
            }

            if (Fill(run, buffer) == FillResult.Changing)
                Thread.Yield();
        }
    }

    /// <summary>Nothing in the range is missing. When nothing is anywhere, messages are not taken any more, and it all is over soon.</summary>
    private void ZeroRest(ulong start, ulong end)
    {
        for (ulong page = start; page < end && !_ending && !IsComplete();)
        {
            if (Zero(page) == FillResult.Changing)
                Thread.Yield();
            else
                page += PageMath.PageBytes;
        }
    }
}
