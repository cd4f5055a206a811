using System.Text;
using Drover.Linux.Native;

namespace Drover.Linux.Personality;

/// <summary>readlink(2).</summary>
internal static class LinkTarget
{
    /// <summary>The text of a link; null if there is none.</summary>
    public static unsafe string? TryRead(string path)
    {
        Span<byte> target = stackalloc byte[4096];
        fixed (byte* start = target)
        {
            nint length = Libc.ReadLink(path, start, (nuint)target.Length);
            return length < 0 ? null : Encoding.UTF8.GetString(target[..(int)length]);
        }
    }
}
