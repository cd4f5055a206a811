using Drover.Cli.Text;
using Drover.Node.Operations;

namespace Drover.Cli.Tests;

public sealed class TextTests
{
    [Theory]
    [InlineData("1", 1ul)]
    [InlineData("4096B", 4096ul)]
    [InlineData("64M", 64ul << 20)]
    [InlineData("64MiB", 64ul << 20)]
    [InlineData("1g", 1ul << 30)]
    [InlineData("16T", 16ul << 40)]
    public void Sizes_are_read_as_people_write_them(string text, ulong expected)
    {
        Assert.True(ByteCount.TryParse(text, out ulong bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("M")]
    [InlineData("-1M")]
    [InlineData("1.5G")]
    [InlineData("1X")]
    [InlineData("99999999999T")]
    [InlineData("99999999999999999999999")]
    public void What_is_no_size_is_not_read(string text) => Assert.False(ByteCount.TryParse(text, out _));

    [Theory]
    [InlineData(0ul, "0 B")]
    [InlineData(999ul, "999 B")]
    [InlineData(1ul << 10, "1.00 KiB")]
    [InlineData(18ul << 20, "18.0 MiB")]
    [InlineData(1023ul << 20, "1.00 GiB")]
    public void Sizes_are_written_with_three_digits(ulong bytes, string expected) =>
        Assert.Equal(expected, ByteCount.Format(bytes));

    [Fact]
    public void An_exit_is_told_with_its_cause() => Assert.Equal(
        "was ended by the node: memory beyond its quota",
        ExitText.Describe(new ComponentExit(ExitReason.Faulted, Fault: "memory beyond its quota")));

    [Theory]
    [InlineData(ExitReason.Exited, 7, 0, 7)]
    [InlineData(ExitReason.Crashed, 0, 11, 139)]
    [InlineData(ExitReason.Stopped, 0, 9, 0)]
    [InlineData(ExitReason.Checkpointed, 0, 9, 0)]
    [InlineData(ExitReason.Faulted, 0, 9, 125)]
    public void A_shell_gets_a_status(ExitReason reason, int status, int signal, int expected) =>
        Assert.Equal(expected, ExitText.Status(new ComponentExit(reason, status, signal)));
}
