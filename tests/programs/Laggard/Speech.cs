using System.Text;

namespace Laggard;

/// <summary>
/// Memory in parts of 64 pages, of which four are for calls that the node answers: lines to be written, a path, and two that take
/// answers, one of which has no content before. They lie so far apart that none comes along with another.
/// </summary>
internal sealed unsafe class Speech
{
    private const int PartPages = 64;
    private const nuint PartBytes = PartPages * Linux.PageBytes;
    private const int LinePage = 0;
    private const int EmptyPage = 17;
    private const int AnswerPage = 33;
    private const int PathPage = 49;
    private const int LineBytes = 16;
    private const byte Pattern = 0xa5;
    private const int StandardOutput = 1;

    private readonly byte* _start;
    private readonly int _parts;

    public Speech(int mebibytes)
    {
        _parts = mebibytes * 4;
        _start = Linux.Map((nuint)_parts * PartBytes);
        for (int i = 0; i < _parts; i++)
        {
            for (int page = 0; page < PartPages; page++)
            {
                if (page != EmptyPage)
                    Page(i, page).Fill(Pattern);
            }

            Encoding.ASCII.GetBytes($"said {i,10}\n").CopyTo(Page(i, LinePage));
            Encoding.ASCII.GetBytes($"told {i,10}\n").CopyTo(Page(i, LinePage)[LineBytes..]);
            "/proc/self/exe\0"u8.CopyTo(Page(i, PathPage));
            nuint line = (nuint)At(i, LinePage) + LineBytes;
            Span<nuint> vectors = [line, LineBytes / 2, line + (LineBytes / 2), LineBytes / 2];
            vectors.CopyTo(new Span<nuint>(At(i, PathPage) + (Linux.PageBytes / 2), vectors.Length));
        }
    }

    /// <summary>Two lines for each part. The last first: what is filled one after another begins with the first.</summary>
    public int Say()
    {
        for (int i = _parts - 1; i >= 0; i--)
        {
            Linux.WriteTo(StandardOutput, At(i, LinePage), LineBytes);
            Linux.WorkingDirectory(At(i, AnswerPage), Linux.PageBytes);
            IsAnswered(Page(i, AnswerPage), "/\0"u8, Pattern).OrThrow($"part {i} has another answer, or something else beside it");
            Linux.LinkTarget(At(i, PathPage), At(i, EmptyPage), Linux.PageBytes / 2);
            IsAnswered(Page(i, EmptyPage)[(Linux.PageBytes / 2)..], [], 0).OrThrow($"part {i} has something where nothing was");
            Linux.WriteBoth(StandardOutput, (nuint*)(At(i, PathPage) + (Linux.PageBytes / 2)));
            Page(i, EmptyPage).Clear();
            Linux.Advise(At(i, EmptyPage), Linux.PageBytes, Linux.DontNeed);
        }

        return 2 * _parts;
    }

    private static bool IsAnswered(ReadOnlySpan<byte> page, ReadOnlySpan<byte> answer, byte beside) =>
        page.StartsWith(answer) && !page[answer.Length..].ContainsAnyExcept(beside);

    private byte* At(int part, int page) => _start + ((nuint)part * PartBytes) + (page * Linux.PageBytes);

    private Span<byte> Page(int part, int page) => new(At(part, page), Linux.PageBytes);
}
