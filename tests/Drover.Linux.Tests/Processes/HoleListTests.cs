using Drover.Linux.Userfault;
using Xunit;

namespace Drover.Linux.Tests.Processes;

public sealed class HoleListTests
{
    [Fact]
    public void Holes_that_come_and_go_at_random_are_those_of_a_page_by_page_account()
    {
        const int Pages = 64;
        Random random = new(7);
        HoleList holes = new();
        bool[] expected = new bool[Pages];
        for (int step = 0; step < 20_000; step++)
        {
            int start = random.Next(Pages);
            int end = start + 1 + random.Next(Math.Min(8, Pages - start));
            bool adds = random.Next(2) == 0;
            if (adds)
                holes.Add((ulong)start, (ulong)end);
            else
                holes.Remove((ulong)start, (ulong)end);
            Array.Fill(expected, adds, start, end - start);

            ulong from = (ulong)random.Next(Pages / 2);
            ulong to = from + (ulong)random.Next(1, Pages / 2);
            bool[] found = new bool[Pages];
            ulong previous = from;
            foreach ((ulong holeStart, ulong holeEnd) in holes.Within(from, to))
            {
                Assert.True(previous <= holeStart && holeStart < holeEnd && holeEnd <= to);
                Array.Fill(found, true, (int)holeStart, (int)(holeEnd - holeStart));
                previous = holeEnd;
            }

            Assert.Equal(expected[(int)from..(int)to], found[(int)from..(int)to]);
        }
    }
}
