using Drover.Images.State;
using Drover.Platform.State;

namespace Drover.Images.Format;

/// <summary>Checks that an index holds together and fits what the manifest says.</summary>
internal sealed class IndexValidation(string path, ContentIndex index, long indexOffset)
{
    /// <summary>Private memory: every segment lies in private mappings.</summary>
    public void CheckPages(IReadOnlyList<MappingState> mappings)
    {
        CheckFileOffsets();
        int mapping = 0;
        ulong previousEnd = 0;
        for (int i = 0; i < index.Segments.Length; i++)
        {
            Segment segment = index.Segments[i];
            if (segment.Owner != 0)
                throw Bad(i, "owner", "0", $"{segment.Owner}");
            CheckRange(i, previousEnd, ImageFormat.UserAddressEnd);
            CheckMapped(i, mappings, ref mapping);
            previousEnd = segment.End;
        }
    }

    /// <summary>Dataspaces: every owner is one whose content is kept, and comes once.</summary>
    public void CheckDataspaces(IReadOnlyList<ObjectState> objects)
    {
        CheckFileOffsets();
        var lengths = new Dictionary<uint, ulong>();
        foreach (ObjectState candidate in objects)
        {
            if (candidate.Dataspace is { RomName: null, SharedFrom: null } dataspace)
                lengths.Add(candidate.Id.Value, dataspace.LengthBytes);
        }

        uint owner = 0;
        ulong previousEnd = 0;
        ulong end = 0;
        for (int i = 0; i < index.Segments.Length; i++)
        {
            Segment segment = index.Segments[i];
            if (segment.Owner != owner)
            {
                owner = segment.Owner;
                previousEnd = 0;
                if (!lengths.Remove(owner, out ulong length))
                    throw Bad(i, "owner", "a dataspace of the image whose content is kept, once", $"{owner}");
                end = RoundUp(length);
            }

            CheckRange(i, previousEnd, end);
            previousEnd = segment.End;
        }
    }

    private static ulong RoundUp(ulong lengthBytes) => (lengthBytes + ImageFormat.PageBytes - 1) & ~(ulong)(ImageFormat.PageBytes - 1);

    /// <summary>Each page of the file belongs to exactly one stored segment.</summary>
    private void CheckFileOffsets()
    {
        ulong next = 0;
        ulong fileBytes = (ulong)index.FileBytes;
        foreach (int i in InFileOrder())
        {
            Segment segment = index.Segments[i];
            if (segment.FileOffsetBytes != next)
                throw Bad(i, "file offset", $"{next}", $"{segment.FileOffsetBytes}");
            if (segment.PageCount > (fileBytes - next) / ImageFormat.PageBytes)
                throw Bad(i, "page count", $"at most {(fileBytes - next) / ImageFormat.PageBytes}", $"{segment.PageCount}");
            next += segment.LengthBytes;
        }

        if (next != fileBytes)
            throw new ImageFormatException(path, indexOffset, "pages that belong to a segment", $"{fileBytes / ImageFormat.PageBytes}", $"{next / ImageFormat.PageBytes}");
    }

    /// <summary>The stored segments by where they are in the file, which mostly is the order of the table.</summary>
    private List<int> InFileOrder()
    {
        List<int> stored = new(index.Segments.Length);
        bool ascends = true;
        for (int i = 0; i < index.Segments.Length; i++)
        {
            Segment segment = index.Segments[i];
            if (segment.Kind != SegmentKind.Stored)
            {
                if (segment.FileOffsetBytes != 0)
                    throw Bad(i, "file offset", "0", $"{segment.FileOffsetBytes}");
                continue;
            }

            if (segment.FileOffsetBytes >= (ulong)index.FileBytes)
                throw Bad(i, "file offset", $"below {index.FileBytes}", $"{segment.FileOffsetBytes}");
            ascends = ascends && (stored.Count == 0 || index.Segments[stored[^1]].FileOffsetBytes < segment.FileOffsetBytes);
            stored.Add(i);
        }

        if (!ascends)
            stored.Sort((one, other) => (index.Segments[one].FileOffsetBytes, one).CompareTo((index.Segments[other].FileOffsetBytes, other)));
        return stored;
    }

    private void CheckRange(int i, ulong from, ulong to)
    {
        Segment segment = index.Segments[i];
        if (segment.Address % ImageFormat.PageBytes != 0)
            throw Bad(i, "address", "a page boundary", $"0x{segment.Address:x}");
        if (segment.Address < from || segment.Address >= to)
            throw Bad(i, "address", $"from 0x{from:x}, below 0x{to:x}", $"0x{segment.Address:x}");
        ulong room = (to - segment.Address) / ImageFormat.PageBytes;
        if (segment.PageCount == 0 || segment.PageCount > room)
            throw Bad(i, "page count", $"1 to {room}", $"{segment.PageCount}");
    }

    private void CheckMapped(int i, IReadOnlyList<MappingState> mappings, ref int mapping)
    {
        Segment segment = index.Segments[i];
        ulong covered = segment.Address;
        while (true)
        {
            while (mapping < mappings.Count && mappings[mapping].End <= covered)
                mapping++;
            if (mapping == mappings.Count || mappings[mapping].Start > covered
                || mappings[mapping].Backing is not (MappingBacking.Anonymous or MappingBacking.PrivateFile))
            {
                throw Bad(i, "address range", "inside private mappings", $"0x{segment.Address:x}-0x{segment.End:x}, not so at 0x{covered:x}");
            }

            if (mappings[mapping].End >= segment.End)
                return;
            covered = mappings[mapping].End;
        }
    }

    private ImageFormatException Bad(int i, string field, string expected, string found) =>
        new(path, indexOffset + ((long)i * Segment.EncodedBytes), $"{field} of segment {i}", expected, found);
}
