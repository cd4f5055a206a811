using System.Text;
using Drover.Linux.Native;
using Drover.Platform.Traps;

namespace Drover.Linux.Personality;

/// <summary>Paths as components give them: hostile bytes, copied once, bounded, and never read again.</summary>
internal static class ComponentPath
{
    /// <summary>PATH_MAX of linux/limits.h, the terminating zero included.</summary>
    private const int MaximumBytes = 4096;

    private const int ENAMETOOLONG = 36;

    /// <summary>Copies a string that a zero ends.</summary>
    /// <returns>0, or the errno.</returns>
    public static int TryRead(ITrapPort port, ulong address, out string path)
    {
        Span<byte> copy = stackalloc byte[MaximumBytes];
        int length = 0;
        path = "";
        while (length < MaximumBytes)
        {
            // Never across a page's end: the string may end before it and the next page may not be there.
            int chunk = Math.Min(MaximumBytes - length, 4096 - (int)((address + (ulong)length) & 4095));
            if (!port.TryRead(address + (ulong)length, copy.Slice(length, chunk)))
                return Errno.EFAULT;
            int end = copy.Slice(length, chunk).IndexOf((byte)0);
            if (end >= 0)
            {
                path = Encoding.UTF8.GetString(copy[..(length + end)]);
                return 0;
            }
            length += chunk;
        }
        return ENAMETOOLONG;
    }

    /// <summary>Joins and cleans: absolute, no ".", "..", double or final slashes. "..", as everywhere in this view,
    /// goes by the text.</summary>
    public static string Normalise(string folder, string path)
    {
        Stack<Range> kept = new();
        string joined = path.StartsWith('/') ? path : $"{folder}/{path}";
        foreach (Range range in joined.AsSpan().Split('/'))
        {
            ReadOnlySpan<char> part = joined.AsSpan()[range];
            if (part is "" or ".")
                continue;
            if (part is "..")
                kept.TryPop(out _);
            else
                kept.Push(range);
        }
        if (kept.Count == 0)
            return "/";
        StringBuilder clean = new(joined.Length);
        foreach (Range range in kept.Reverse())
            clean.Append('/').Append(joined.AsSpan()[range]);
        return clean.ToString();
    }

    /// <summary>The folder that a normalised path is in.</summary>
    public static string Folder(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash <= 0 ? "/" : path[..slash];
    }
}
