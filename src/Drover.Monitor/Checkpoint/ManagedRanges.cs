using Drover.Platform.State;

namespace Drover.Monitor.Checkpoint;

/// <summary>
/// What lies where a managed dataspace is attached follows from the region maps, and the node may just be changing it. So
/// an image says of these ranges only that they are reserved, and a restore maps them anew.
/// </summary>
internal static class ManagedRanges
{
    /// <param name="mappings">Ascending without overlap; so is the result.</param>
    /// <param name="ranges">Address and bytes, likewise.</param>
    public static IReadOnlyList<MappingState> Reserve(
        IReadOnlyList<MappingState> mappings, IReadOnlyList<(ulong Address, ulong LengthBytes)> ranges)
    {
        if (ranges.Count == 0)
            return mappings;
        List<MappingState> result = [.. ranges.Select(Reserved)];
        int first = 0;
        foreach (MappingState mapping in mappings)
        {
            ulong from = mapping.Start;
            while (first < ranges.Count && End(ranges[first]) <= from)
                first++;
            for (int i = first; i < ranges.Count && ranges[i].Address < mapping.End; i++)
            {
                AddPart(result, mapping, from, ranges[i].Address);
                from = Math.Max(from, End(ranges[i]));
            }

            AddPart(result, mapping, from, mapping.End);
        }

        result.Sort(static (one, other) => one.Start.CompareTo(other.Start));
        return result;
    }

    private static ulong End((ulong Address, ulong LengthBytes) range) => range.Address + range.LengthBytes;

    private static MappingState Reserved((ulong Address, ulong LengthBytes) range) => new()
    {
        Start = range.Address,
        End = End(range),
        Protection = PageProtection.None,
        Backing = MappingBacking.Anonymous,
        NoReserve = true,
    };

    private static void AddPart(List<MappingState> result, MappingState mapping, ulong from, ulong to)
    {
        if (from >= to)
            return;
        bool hasOffset = mapping.Backing != MappingBacking.Anonymous;
        result.Add(mapping with
        {
            Start = from,
            End = to,
            OffsetBytes = hasOffset ? mapping.OffsetBytes + (from - mapping.Start) : 0,
        });
    }
}
