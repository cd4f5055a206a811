namespace Laggard;

/// <summary>Memory in parts of 64 pages, and what has to be on each page: a pattern of its own, or zeros.</summary>
internal sealed unsafe class Field
{
    private const int PartPages = 64;
    private const nuint PartBytes = PartPages * Linux.PageBytes;

    private readonly byte*[] _parts;
    private readonly ulong[] _expected;
    private readonly int _from;
    private readonly int _to;
    private ulong _lastStamp;

    public Field(int mebibytes, int number)
    {
        _parts = new byte*[mebibytes * 4];
        _expected = new ulong[_parts.Length * PartPages];
        _lastStamp = (ulong)(number + 1) << 40;
        (_from, _to) = Linux.Pipe();
        byte* all = Linux.Map((nuint)_parts.Length * PartBytes);
        for (int i = 0; i < _parts.Length; i++)
        {
            _parts[i] = all + ((nuint)i * PartBytes);
            for (int page = 0; page < PartPages; page++)
                Write(i, page);
        }
    }

    public int PageCount => _expected.Length;

    /// <summary>Each part in another way, the last first: what is filled one after another begins with the first.</summary>
    public void Rearrange()
    {
        for (int i = _parts.Length - 1; i >= 0; i--)
        {
            switch (i % 11)
            {
                case 0: Drop(i, Linux.DontNeed); break;
                case 1: DropHalf(i); break;
                case 2: MapAnew(i); break;
                case 3: MapOver(i); break;
                case 4: MoveAway(i); break;
                case 5: MoveThrough(i); break;
                case 6: Linux.Protect(_parts[i], PartBytes, Linux.Read); break;
                case 7: ReadIntoMissing(i); break;
                case 8: WriteOneByte(i); break;
                case 9: Grow(i); break;
                default: Swap(i); break;
            }
        }
    }

    /// <summary>From now on the last part is zero, and is made so again and again, page by page.</summary>
    public void DropForEver(int threads)
    {
        int last = _parts.Length - 1;
        Drop(last, Linux.DontNeed);
        for (int i = 0; i < threads; i++)
        {
            int page = i * (PartPages / threads);
            new Thread(() =>
            {
                while (true)
                    Linux.Advise(_parts[last] + (page * Linux.PageBytes), Linux.PageBytes, Linux.DontNeed);
            })
            { IsBackground = true }.Start();
        }
    }

    public void CheckAll()
    {
        for (int page = 0; page < _expected.Length; page++)
            Check(page);
        for (int i = 0; i < _parts.Length; i++)
            Linux.Protect(_parts[i], PartBytes, Linux.ReadWrite);
    }

    private Span<ulong> Page(int part, int page) => new(_parts[part] + (page * Linux.PageBytes), Linux.PageBytes / sizeof(ulong));

    private void Write(int part, int page)
    {
        ulong stamp = ++_lastStamp;
        Page(part, page).Fill(stamp);
        _expected[(part * PartPages) + page] = stamp;
    }

    private void Check(int page)
    {
        Span<ulong> found = Page(page / PartPages, page % PartPages);
        int wrong = found.IndexOfAnyExcept(_expected[page]);
        if (wrong >= 0)
            throw new InvalidOperationException($"page {page} (part {page / PartPages}, case {page / PartPages % 11}) has {found[wrong]:x}, not {_expected[page]:x}");
    }

    private void ExpectZeros(int part, int from = 0, int to = PartPages) => _expected.AsSpan((part * PartPages) + from, to - from).Clear();

    private void Drop(int part, int advice)
    {
        Linux.Advise(_parts[part], PartBytes, advice);
        ExpectZeros(part);
    }

    private void DropHalf(int part)
    {
        // The last page is there already, the one beside it comes with it.
        Check((part * PartPages) + PartPages - 1);
        Linux.Advise(_parts[part] + (PartBytes / 2), PartBytes / 2, Linux.DontNeed);
        ExpectZeros(part, PartPages / 2);
    }

    private void MapAnew(int part)
    {
        Linux.Unmap(_parts[part], PartBytes);
        _parts[part] = Linux.Map(PartBytes, _parts[part]);
        ExpectZeros(part);
    }

    private void MapOver(int part)
    {
        Linux.MapOver(_parts[part], PartBytes);
        ExpectZeros(part);
        Write(part, 3);
    }

    private void MoveAway(int part)
    {
        byte* target = Linux.Map(PartBytes);
        Linux.MoveTo(_parts[part], PartBytes, target);
        // What is there now is somebody else's.
        Span<byte> now = new(Linux.Map(PartBytes, _parts[part]), (int)PartBytes);
        if (now.ContainsAnyExcept((byte)0))
            throw new InvalidOperationException($"where part {part} was moved away from, fresh memory is not zero");
        _parts[part] = target;
    }

    private void MoveThrough(int part)
    {
        for (int i = 0; i < 3; i++)
        {
            byte* home = _parts[part];
            byte* target = Linux.Map(PartBytes);
            Linux.MoveTo(home, PartBytes, target);
            // There and back again, to where something else was meanwhile.
            home = Linux.Map(PartBytes, home);
            Linux.MoveTo(target, PartBytes, home);
            _parts[part] = home;
        }

        Linux.Advise(_parts[part], PartBytes / 2, Linux.DontNeed);
        ExpectZeros(part, 0, PartPages / 2);
    }

    private void ReadIntoMissing(int part)
    {
        // The kernel reads what it writes from a missing page, and writes what it reads into another.
        Linux.WriteTo(_to, _parts[part], 512);
        Linux.ReadFrom(_from, _parts[part] + (5 * Linux.PageBytes), 512);
        Page(part, 5)[..64].IndexOfAnyExcept(_expected[part * PartPages]).Equals(-1).OrThrow("what came through the pipe is not what was sent");
        Page(part, 5)[64..].IndexOfAnyExcept(_expected[(part * PartPages) + 5]).Equals(-1).OrThrow("what lies beside it was changed");
        Write(part, 5);
    }

    private void WriteOneByte(int part)
    {
        // A write into a missing page changes nothing else of it.
        *(_parts[part] + (7 * Linux.PageBytes) + 100) ^= 0xff;
        *(_parts[part] + (7 * Linux.PageBytes) + 100) ^= 0xff;
    }

    private void Grow(int part)
    {
        byte* grown = Linux.Move(_parts[part], PartBytes, 2 * PartBytes);
        Span<byte> added = new(grown + PartBytes, (int)PartBytes);
        added.ContainsAnyExcept((byte)0).Equals(false).OrThrow("what a mapping grew by is not zero");
        Linux.Unmap(grown + PartBytes, PartBytes);
        _parts[part] = grown;
    }

    private void Swap(int part)
    {
        int other = part - (part % 11) + 9;
        byte* between = Linux.Map(PartBytes);
        Linux.MoveTo(_parts[part], PartBytes, between);
        byte* mineNow = Linux.Map(PartBytes, _parts[part]);
        Linux.MoveTo(_parts[other], PartBytes, mineNow);
        byte* othersNow = Linux.Map(PartBytes, _parts[other]);
        Linux.MoveTo(between, PartBytes, othersNow);
        _parts[part] = mineNow;
        _parts[other] = othersNow;
        Span<ulong> mine = _expected.AsSpan(part * PartPages, PartPages);
        Span<ulong> others = _expected.AsSpan(other * PartPages, PartPages);
        for (int i = 0; i < PartPages; i++)
            (mine[i], others[i]) = (others[i], mine[i]);
    }
}

internal static class Conditions
{
    public static void OrThrow(this bool holds, string failure)
    {
        if (!holds)
            throw new InvalidOperationException(failure);
    }
}
