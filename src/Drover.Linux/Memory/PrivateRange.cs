using Drover.Linux.Stub;

namespace Drover.Linux.Memory;

/// <summary>A part of an address space with private mappings of one sort; there may be holes in it.</summary>
/// <param name="HasFiles">True if its mappings are of files: a page of theirs may still be the file's.</param>
internal readonly record struct PrivateRange(ulong Start, ulong End, bool HasFiles)
{
    /// <summary>The whole address space but for the stub and shared mappings, as few ranges as can be.</summary>
    public static List<PrivateRange> Of(IEnumerable<MapsEntry> entries)
    {
        RangeList ranges = new();
        foreach (MapsEntry entry in entries)
        {
            if (entry.End > StubLayout.End && entry.Start < PageMath.UserEnd)
                ranges.Add(entry.Start, entry.End, entry.IsShared, entry.Inode != 0);
        }
        return ranges.Finish();
    }

    private sealed class RangeList
    {
        private readonly List<PrivateRange> _ranges = [];
        private ulong _start = StubLayout.End;
        private ulong _end = StubLayout.End;
        private bool _hasFiles;

        public void Add(ulong start, ulong end, bool isShared, bool isFile)
        {
            if (isShared || (isFile != _hasFiles && start < end))
                Cut(start);
            if (isShared)
                _start = end;
            else
                _hasFiles = isFile;
            _end = end;
        }

        public List<PrivateRange> Finish()
        {
            Cut(_end);
            return _ranges;
        }

        private void Cut(ulong at)
        {
            if (at > _start && _end > _start)
                _ranges.Add(new PrivateRange(_start, Math.Min(at, _end), _hasFiles));
            _start = at;
        }
    }
}
