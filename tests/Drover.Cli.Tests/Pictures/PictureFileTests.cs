using Drover.Cli.Pictures;
using Drover.Node.Operations;

namespace Drover.Cli.Tests.Pictures;

/// <summary>The file is there whole or as it was.</summary>
public sealed class PictureFileTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_file_that_is_there_is_replaced_and_keeps_its_rights()
    {
        string path = _scratch.File("picture.svg");
        File.WriteAllText(path, new string('x', 1 << 20));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        PictureFile.Write(SampleModels.Get("10"), path);
        Assert.Equal(PictureFile.Bytes(SampleModels.Get("10")), File.ReadAllBytes(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Single(Directory.EnumerateFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public void A_link_goes_on_being_one()
    {
        string path = _scratch.File("link.svg");
        File.WriteAllText(_scratch.File("picture.svg"), "former");
        File.CreateSymbolicLink(path, "picture.svg");
        PictureFile.Write(SampleModels.Get("10"), path);
        Assert.Equal("picture.svg", new FileInfo(path).LinkTarget);
        Assert.Equal(PictureFile.Bytes(SampleModels.Get("10")), File.ReadAllBytes(_scratch.File("picture.svg")));
    }

    [Theory]
    [InlineData("absent/picture.svg", "there is no such directory")]
    [InlineData("directory", "it is a directory")]
    public void Where_it_cannot_be_written_is_told_and_nothing_is_left(string name, string reason)
    {
        Directory.CreateDirectory(_scratch.File("directory"));
        NodeOperationException refused = Assert.Throws<NodeOperationException>(
            () => PictureFile.Write(SampleModels.Get("10"), _scratch.File(name)));
        Assert.Equal($"The picture cannot be written to '{_scratch.File(name)}': {reason}.", refused.Message);
        Assert.NotNull(refused.Advice);
        Assert.Equal([_scratch.File("directory")], Directory.EnumerateFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public void A_file_system_that_takes_no_files_is_told_too()
    {
        NodeOperationException refused = Assert.Throws<NodeOperationException>(
            () => PictureFile.Write(SampleModels.Get("10"), "/proc/picture.svg"));
        Assert.StartsWith("The picture cannot be written to '/proc/picture.svg': ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_is_written_to_and_not_replaced()
    {
        PictureFile.Write(SampleModels.Get("10"), "/dev/null");
        Assert.Empty(File.ReadAllBytes("/dev/null"));
    }
}
