using System.Buffers.Text;
using System.Text;
using Drover.Linux.Files;
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
        ReadOnlySpan<byte> text = KernelText.Read($"/proc/{processId}/maps");
        ReadOnlySpan<byte> last = [];
        while (KernelText.TryTakeLine(ref text, out ReadOnlySpan<byte> line))
        {
            MapsEntry entry = ParseNumbers(line, out ReadOnlySpan<byte> path);
            // Neighbours mostly show the same file.
            bool isSame = path.SequenceEqual(last);
            entries.Add(entry with { Path = isSame ? entries.Count > 0 ? entries[^1].Path : "" : Encoding.UTF8.GetString(path) });
            last = path;
        }

        return entries;
    }

    /// <summary>Parses "start-end perms offset dev inode   path"; gives all but the path.</summary>
    private static MapsEntry ParseNumbers(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> rest = line;
        ulong start = Hex(Take(ref rest, '-'));
        ulong end = Hex(Take(ref rest, ' '));
        ReadOnlySpan<byte> rights = Take(ref rest, ' ');
        ulong offset = Hex(Take(ref rest, ' '));
        Take(ref rest, ' ');
        ReadOnlySpan<byte> number = Take(ref rest, ' ');
        if (!Utf8Parser.TryParse(number, out ulong inode, out int used) || used != number.Length || rights.Length < 4)
            throw NotUnderstood(line);
        PageProtection protection = (rights[0] == 'r' ? PageProtection.Read : 0)
            | (rights[1] == 'w' ? PageProtection.Write : 0)
            | (rights[2] == 'x' ? PageProtection.Execute : 0);
        path = rest.TrimStart((byte)' ');
        return new MapsEntry(start, end, protection, rights[3] == 's', offset, inode, "");
    }

    private static ulong Hex(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out ulong value, out int used, 'x') && used == text.Length ? value : throw NotUnderstood(text);

    private static IOException NotUnderstood(ReadOnlySpan<byte> text) => new($"/proc/pid/maps says '{Encoding.UTF8.GetString(text)}'");

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> rest, char separator)
    {
        int at = rest.IndexOf((byte)separator);
        ReadOnlySpan<byte> field = at < 0 ? rest : rest[..at];
        rest = at < 0 ? [] : rest[(at + 1)..];
        return field;
    }
}
