using System.Text;
using Drover.Linux.Memory;
using Drover.Platform;
using Drover.Platform.State;
using Xunit;

namespace Drover.Linux.Tests.Memory;

public sealed class MapsEntryTests
{
    [Fact]
    public void Line_is_understood()
    {
        MapsEntry entry = Assert.Single(Parse("7f0000001000-7f0000003000 r-xp 00002000 fe:01 42     /usr/lib/a file.so"));

        Assert.Equal(new MapsEntry(0x7f0000001000, 0x7f0000003000, PageProtection.Read | PageProtection.Execute, false, 0x2000, 42, "/usr/lib/a file.so"), entry);
    }

    [Fact]
    public void Mapping_that_grew_while_it_was_listed_is_there_once()
    {
        List<MapsEntry> entries = Parse(
            "1000-3000 rw-p 00000000 00:00 0",
            "1000-5000 rw-p 00000000 00:00 0",
            "4000-6000 rw-s 00003000 00:01 7      /memfd:x",
            "4000-6000 rw-s 00003000 00:01 7      /memfd:x");

        Assert.Equal([(0x1000ul, 0x3000ul, 0ul), (0x3000ul, 0x5000ul, 0ul), (0x5000ul, 0x6000ul, 0x4000ul)], entries.Select(entry => (entry.Start, entry.End, entry.OffsetBytes)));
    }

    [Theory]
    [InlineData("1000-3000 rw-p 00000000 00:00 0", "1000-3000 rw-p 00000000 00:00 0")]
    [InlineData("1000-3000 rw-p 00000000 00:00 0", "1000-2000 r--p 00000000 00:00 0")]
    [InlineData("1000-3000 rw-p 00000000 00:00 0", "1000-3000 rw-p 00000000 fe:01 9      /bin/x")]
    [InlineData("1000-3000 rw-s 00001000 00:01 7      /memfd:x", "2000-3000 r--s 00002000 00:01 7      /memfd:x")]
    public void Mapping_that_shows_what_it_showed_has_not_appeared(string before, string after) =>
        Assert.Empty(MapsEntry.Appeared(Parse(before), Parse(after)));

    [Theory]
    [InlineData("1000-3000 rw-s 00000000 00:01 7      /memfd:x", "1000-3000 rw-p 00000000 00:00 0")]
    [InlineData("1000-3000 rw-p 00000000 00:00 0", "1000-3000 rw-s 00000000 00:01 7      /memfd:x")]
    [InlineData("1000-3000 rw-s 00000000 00:01 7      /memfd:x", "1000-3000 rw-s 00001000 00:01 7      /memfd:x")]
    [InlineData("1000-3000 rw-s 00000000 00:01 7      /memfd:x", "1000-3000 rw-s 00000000 00:01 8      /memfd:x")]
    [InlineData("5000-6000 rw-p 00000000 00:00 0", "1000-3000 rw-p 00000000 00:00 0")]
    public void Mapping_that_shows_something_else_has_appeared(string before, string after) =>
        Assert.Equal([new PageRun(0x1000, 0x2000)], MapsEntry.Appeared(Parse(before), Parse(after)));

    [Fact]
    public void Only_the_parts_that_are_new_have_appeared()
    {
        List<MapsEntry> before = Parse("1000-2000 rw-p 00000000 00:00 0", "3000-4000 rw-s 00000000 00:01 7      /memfd:x", "5000-6000 rw-p 00000000 00:00 0");
        List<MapsEntry> after = Parse("1000-8000 rw-p 00000000 00:00 0", "9000-a000 rw-p 00000000 00:00 0");

        Assert.Equal([new PageRun(0x2000, 0x3000), new PageRun(0x6000, 0x2000), new PageRun(0x9000, 0x1000)], MapsEntry.Appeared(before, after));
    }

    private static List<MapsEntry> Parse(params string[] lines) => MapsEntry.Parse(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
}
