using System.Buffers.Text;
using System.Text;
using Drover.Linux.Files;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Linux.Memory;

/// <summary>One line of /proc/pid/maps (proc(5)).</summary>
internal readonly record struct MapsEntry(
    ulong Start, ulong End, PageProtection Protection, bool IsShared, ulong OffsetBytes, ulong Inode, string Path)
{
    /// <summary>How the path of a memfd begins.</summary>
    public const string MemfdPrefix = "/memfd:";

    /// <summary>All mappings of a process, ascending. If it runs, the list is of no one moment: each mapping was there when the kernel came to it.</summary>
    public static List<MapsEntry> Of(int processId) => Parse(KernelText.Read($"/proc/{processId}/maps"));

    /// <summary>The mappings that a text of the kernel tells of.</summary>
    /// <exception cref="IOException">It is not understood.</exception>
    public static List<MapsEntry> Parse(ReadOnlySpan<byte> text)
    {
        List<MapsEntry> entries = [];
        ReadOnlySpan<byte> last = [];
        while (KernelText.TryTakeLine(ref text, out ReadOnlySpan<byte> line))
        {
            MapsEntry entry = ParseNumbers(line, out ReadOnlySpan<byte> path);
            // A mapping that grows while the list is made is shown again, with what was shown before.
            if (entries.Count > 0 && entry.Start < entries[^1].End)
            {
                if (entry.End <= entries[^1].End)
                    continue;
                entry = entry.From(entries[^1].End);
            }

            // Neighbours mostly show the same file.
            bool isSame = path.SequenceEqual(last);
            entries.Add(entry with { Path = isSame ? entries.Count > 0 ? entries[^1].Path : "" : Encoding.UTF8.GetString(path) });
            last = path;
        }

        return entries;
    }

    /// <summary>Where mappings show something else now than they did before: other shared memory, or private memory where was none.</summary>
    /// <param name="before">Ascending, as <see cref="Of"/> gives them.</param>
    /// <param name="after">Likewise.</param>
    public static List<PageRun> Appeared(List<MapsEntry> before, List<MapsEntry> after)
    {
        List<PageRun> appeared = [];
        int next = 0;
        foreach (MapsEntry mapping in after)
        {
            while (next < before.Count && before[next].End <= mapping.Start)
                next++;
            ulong at = mapping.Start;
            for (int i = next; i < before.Count && before[i].Start < mapping.End; i++)
            {
                if (!before[i].Shows(mapping))
                    continue;
                PageRuns.Append(appeared, at, before[i].Start);
                at = before[i].End;
            }

            PageRuns.Append(appeared, at, mapping.End);
        }

        return appeared;
    }

    /// <summary>Whether the two show the same where they overlap, as far as it is the mapping that says so.</summary>
    private bool Shows(in MapsEntry other) => IsShared == other.IsShared
        && (!IsShared || (Inode == other.Inode && OffsetBytes - Start == other.OffsetBytes - other.Start));

    private MapsEntry From(ulong start) => this with { Start = start, OffsetBytes = Inode == 0 ? OffsetBytes : OffsetBytes + (start - Start) };

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
