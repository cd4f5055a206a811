using System.Globalization;

namespace Drover.Linux.Personality;

/// <summary>
/// Bounds the node's memory that a component keeps alive through made-up files: each open makes one, and descriptors
/// or mappings of it may be kept for good. What is alive is only looked up once as much again has been handed out, so
/// that ordinary opens cost nothing. Used on the dispatch thread only.
/// </summary>
internal sealed class SyntheticBudget(long limitBytes)
{
    private const long PageBytes = 4096;

    private long _possiblyAlive;

    /// <summary>Takes room for one more file; false if the component keeps too much already.</summary>
    public bool TryTake(int hostThreadId, long lengthBytes)
    {
        // A page at least, and the kernel's own structures.
        long taken = (lengthBytes + PageBytes - 1) / PageBytes * PageBytes + PageBytes;
        if (_possiblyAlive + taken > limitBytes)
        {
            _possiblyAlive = Alive(hostThreadId);
            // Looking again after each few opens would be slow: half of the room has to be free.
            if (_possiblyAlive + taken > limitBytes / 2)
                return false;
        }
        _possiblyAlive += taken;
        return true;
    }

    /// <summary>What descriptors and mappings of the thread's process hold.</summary>
    private static long Alive(int hostThreadId)
    {
        long bytes = 0;
        Span<byte> stat = stackalloc byte[FileStat.StructBytes];
        try
        {
            foreach (string link in Directory.EnumerateFileSystemEntries($"/proc/{hostThreadId}/fd"))
            {
                if (LinkTarget.TryRead(link) is { } target
                    && SyntheticDescriptor.TryParse(target, out _, out _)
                    && FileStat.Of(link, follow: true, stat) == 0)
                {
                    bytes += FileStat.LengthBytes(stat) + (2 * PageBytes);
                }
            }
            foreach (string line in File.ReadLines($"/proc/{hostThreadId}/maps"))
            {
                if (line.Contains("/memfd:drover.", StringComparison.Ordinal))
                    bytes += MappedBytes(line);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The thread is gone, and with it the call.
        }
        return bytes;
    }

    private static long MappedBytes(string line)
    {
        int dash = line.IndexOf('-', StringComparison.Ordinal);
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        long start = long.Parse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        long end = long.Parse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return end - start;
    }
}
