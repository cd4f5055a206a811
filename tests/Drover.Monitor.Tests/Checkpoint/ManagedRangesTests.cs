using Drover.Monitor.Checkpoint;
using Drover.Platform.State;

namespace Drover.Monitor.Tests.Checkpoint;

public sealed class ManagedRangesTests
{
    private const ulong Page = 4096;
    private const int Pages = 48;

    [Fact]
    public void Ranges_are_reserved_and_every_other_page_is_mapped_as_before()
    {
        Random random = new(11);
        for (int round = 0; round < 2_000; round++)
        {
            List<MappingState> mappings = [.. Cut(random).Where(_ => random.Next(4) != 0).Select(part => Mapping(random, part))];
            List<(ulong Address, ulong LengthBytes)> ranges =
                [.. Cut(random).Where(_ => random.Next(3) == 0).Select(part => (part.Start, part.End - part.Start))];

            IReadOnlyList<MappingState> result = ManagedRanges.Reserve(mappings, ranges);

            ulong previous = 0;
            foreach (MappingState mapping in result)
            {
                Assert.True(previous <= mapping.Start && mapping.Start < mapping.End);
                previous = mapping.End;
            }

            for (ulong at = 0; at < Pages * Page; at += Page)
            {
                string expected = ranges.Exists(range => range.Address <= at && at < range.Address + range.LengthBytes)
                    ? "None Anonymous 0 0"
                    : Describe(mappings, at);
                Assert.Equal(expected, Describe(result, at));
            }

            Assert.All(ranges, range => Assert.Single(result, mapping => mapping.Start == range.Address && mapping.LengthBytes == range.LengthBytes));
        }
    }

    private static IEnumerable<(ulong Start, ulong End)> Cut(Random random)
    {
        for (int start = 0; start < Pages;)
        {
            int end = Math.Min(Pages, start + 1 + random.Next(9));
            yield return ((ulong)start * Page, (ulong)end * Page);
            start = end;
        }
    }

    private static MappingState Mapping(Random random, (ulong Start, ulong End) part)
    {
        bool isDataspace = random.Next(2) == 0;
        return new MappingState
        {
            Start = part.Start,
            End = part.End,
            Protection = PageProtection.Read,
            Backing = isDataspace ? MappingBacking.Dataspace : MappingBacking.Anonymous,
            DataspaceInode = isDataspace ? (ulong)random.Next(1, 5) : 0,
            OffsetBytes = isDataspace ? (ulong)random.Next(100) * Page : 0,
        };
    }

    /// <summary>What lies at a page, and which page of its memory.</summary>
    private static string Describe(IReadOnlyList<MappingState> mappings, ulong at)
    {
        MappingState? mapping = mappings.FirstOrDefault(mapping => mapping.Start <= at && at < mapping.End);
        if (mapping is null)
            return "nothing";
        ulong offset = mapping.Backing == MappingBacking.Dataspace ? mapping.OffsetBytes + (at - mapping.Start) : mapping.OffsetBytes;
        return $"{mapping.Protection} {mapping.Backing} {mapping.DataspaceInode} {offset}";
    }
}
