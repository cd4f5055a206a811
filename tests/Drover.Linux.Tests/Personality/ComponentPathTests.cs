using System.Text;
using Drover.Linux.Native;
using Drover.Linux.Personality;
using Xunit;

namespace Drover.Linux.Tests.Personality;

public sealed class ComponentPathTests
{
    [Theory]
    [InlineData("/", "/", "/")]
    [InlineData("/", "", "/")]
    [InlineData("/", "a", "/a")]
    [InlineData("/a", "b/./c//d/", "/a/b/c/d")]
    [InlineData("/a", "/b", "/b")]
    [InlineData("/a/b", "../../../..", "/")]
    [InlineData("/", "/a/../../etc/shadow", "/etc/shadow")]
    public void Paths_become_absolute_and_clean(string folder, string path, string expected) =>
        Assert.Equal(expected, ComponentPath.Normalise(folder, path));

    [Theory]
    [InlineData("/a/b", "/a")]
    [InlineData("/a", "/")]
    public void The_folder_is_what_precedes_the_last_part(string path, string expected) =>
        Assert.Equal(expected, ComponentPath.Folder(path));

    [Fact]
    public void A_path_may_end_right_before_memory_that_is_not_there()
    {
        using FakePort port = new();
        Encoding.UTF8.GetBytes("/tail\0").CopyTo(port.Memory, port.Memory.Length - 6);

        Assert.Equal(0, ComponentPath.TryRead(port, FakePort.Base + (ulong)port.Memory.Length - 6, out string path));

        Assert.Equal("/tail", path);
    }

    [Fact]
    public void A_path_that_never_ends_is_too_long()
    {
        using FakePort port = new();
        Array.Fill(port.Memory, (byte)'a');
        Assert.Equal(36, ComponentPath.TryRead(port, FakePort.Base + 10, out _)); // ENAMETOOLONG
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(FakePort.Base + (2 * 4096) + 1)]
    [InlineData(ulong.MaxValue - 1)]
    public void A_path_in_memory_that_is_not_there_is_a_fault(ulong address)
    {
        using FakePort port = new();
        Array.Fill(port.Memory, (byte)'a');
        Assert.Equal(Errno.EFAULT, ComponentPath.TryRead(port, address, out _));
    }
}
