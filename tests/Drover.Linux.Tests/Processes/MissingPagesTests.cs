using Drover.Linux.Userfault;
using Drover.Platform;
using Xunit;

namespace Drover.Linux.Tests.Processes;

public sealed class MissingPagesTests
{
    private const int Page = 4096;

    [Fact]
    public void What_is_missing_is_what_was_missing_and_not_removed()
    {
        Random random = new(7);
        for (int round = 0; round < 300; round++)
        {
            bool[] expected = new bool[200];
            List<PageRun> runs = [];
            for (int at = random.Next(5); at < 190; at += random.Next(1, 9))
            {
                int length = random.Next(1, 9);
                runs.Add(new PageRun((ulong)at * Page, (ulong)length * Page));
                expected.AsSpan(at, length).Fill(true);
                at += length;
            }

            MissingPages missing = new(runs);
            for (int i = 0; i < 60; i++)
            {
                int start = random.Next(200);
                int end = random.Next(start, 201);
                if (random.Next(2) == 0)
                    end = Math.Min(start + 1, 200);
                missing.Remove((ulong)start * Page, (ulong)end * Page);
                expected.AsSpan(start, end - start).Clear();
                AssertSame(expected, missing);
            }
        }
    }

    [Fact]
    public void Page_is_found_with_those_around_it_in_its_window()
    {
        MissingPages missing = new([new PageRun(3 * Page, 20 * Page)]);

        Assert.True(missing.TryFind(9 * Page, 8 * Page, out PageRun inside));
        Assert.True(missing.TryFind(4 * Page, 8 * Page, out PageRun first));
        Assert.False(missing.TryFind(2 * Page, 8 * Page, out _));
        Assert.False(missing.TryFind(23 * Page, 8 * Page, out _));
        Assert.Equal(new PageRun(8 * Page, 8 * Page), inside);
        Assert.Equal(new PageRun(3 * Page, 5 * Page), first);
    }

    private static void AssertSame(bool[] expected, MissingPages missing)
    {
        bool[] found = new bool[expected.Length];
        foreach (PageRun run in missing.Within(0, ulong.MaxValue))
            found.AsSpan((int)(run.Address / Page), (int)(run.LengthBytes / Page)).Fill(true);
        Assert.Equal(expected, found);
        Assert.Equal((ulong)expected.Count(isMissing => isMissing) * Page, missing.LengthBytes);
        Assert.Equal(!expected.Contains(true), missing.IsEmpty);
        for (ulong at = 0; missing.TryNext(at, 3 * Page, out PageRun next); at = next.End)
        {
            Assert.False(missing.Overlaps(at, next.Address));
            Assert.True(missing.Overlaps(next.Address, next.End));
        }
    }
}
