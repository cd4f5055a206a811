using System.Globalization;
using Drover.Platform.State;

namespace Drover.Linux.Memory;

/// <summary>One line of /proc/pid/maps (proc(5)).</summary>
internal readonly record struct MapsEntry(
    ulong Start, ulong End, PageProtection Protection, bool IsShared, ulong OffsetBytes, ulong Inode, string Path)
{
    /// <summary>How the path of a memfd begins.</summary>
    public const string MemfdPrefix = "/memfd:";

    public static List<MapsEntry> Of(int processId)
    {
        List<MapsEntry> entries = [];
        foreach (string line in File.ReadLines($"/proc/{processId}/maps"))
            entries.Add(Parse(line));
        return entries;
    }

    /// <summary>Parses "start-end perms offset dev inode   path".</summary>
    public static MapsEntry Parse(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> rest = line;
        ulong start = ulong.Parse(Take(ref rest, '-'), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        ulong end = ulong.Parse(Take(ref rest, ' '), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        ReadOnlySpan<char> rights = Take(ref rest, ' ');
        ulong offset = ulong.Parse(Take(ref rest, ' '), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        Take(ref rest, ' ');
        ulong inode = ulong.Parse(Take(ref rest, ' '), CultureInfo.InvariantCulture);
        PageProtection protection = (rights[0] == 'r' ? PageProtection.Read : 0)
            | (rights[1] == 'w' ? PageProtection.Write : 0)
            | (rights[2] == 'x' ? PageProtection.Execute : 0);
        ReadOnlySpan<char> path = rest.TrimStart(' ');
        return new MapsEntry(
            start, end, protection, rights[3] == 's', offset, inode, path.IsEmpty ? "" : path.ToString());
    }

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest, char separator)
    {
        int at = rest.IndexOf(separator);
        ReadOnlySpan<char> field = at < 0 ? rest : rest[..at];
        rest = at < 0 ? [] : rest[(at + 1)..];
        return field;
    }
}
