using System.Security.Cryptography;
using System.Text;
using Drover.Images.Group;
using Drover.Images.Tests.Model;

namespace Drover.Images.Tests;

public sealed class GroupTests : IDisposable
{
    private static readonly DateTimeOffset s_created = new(2026, 3, 1, 12, 30, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();

    private string Group => _directory.Sub("group");

    private string ManifestPath => Path.Combine(Group, "group");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_written_is_read()
    {
        await WriteAsync("client", "server");

        using GroupReader group = GroupReader.Open(Group);

        Assert.Equal(("ecu-a", s_created), (group.Manifest.NodeName, group.Manifest.Created));
        Assert.Equal(["client", "server"], group.Members.Select(member => member.Manifest.ComponentName));
        Assert.Equal(["client", "server"], group.Members.Select(member => Path.GetFileName(member.Directory)));
        group.VerifyPages();
        // Each member is an ordinary image.
        using ImageReader alone = ImageReader.Open(Path.Combine(Group, "server"));
        Assert.Equal(2ul, alone.Manifest.Incarnation);
        Assert.False(ImageDirectory.HoldsImage(Group));
        Assert.True(ImageDirectory.HoldsGroup(Group));
        Assert.Equal(["client", "group", "server"], Directory.EnumerateFileSystemEntries(Group).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_name_that_is_no_folder_gets_another()
    {
        await WriteAsync("..", "partial", "a/b");
        using GroupReader group = GroupReader.Open(Group);
        Assert.Equal(["..", "partial", "a/b"], group.Manifest.Members.Select(member => member.Name));
        Assert.Equal(["member-0", "member-1", "member-2"], group.Manifest.Members.Select(member => member.Folder));
    }

    [Fact]
    public async Task Without_a_commit_nothing_is_left()
    {
        await using (GroupWriter writer = GroupWriter.Begin(Group, new PlainDirectoryFlush()))
        {
            await CommitAsync(writer.Add("client"), "client", 1);
            writer.Add("server");
            Assert.Throws<ImageStorageException>(() => GroupReader.Open(Group));
        }

        Assert.False(Directory.Exists(Group));
    }

    [Fact]
    public async Task A_member_that_is_not_committed_keeps_the_group_from_existing()
    {
        await using GroupWriter writer = GroupWriter.Begin(Group, new PlainDirectoryFlush());
        writer.Add("client");
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(s_created, "ecu-a"));
    }

    [Fact]
    public async Task What_a_writer_that_died_left_is_cleared_and_nothing_else()
    {
        // As after a crash between the members' commits and the group's.
        await WriteAsync("client", "server");
        File.Delete(ManifestPath);
        await File.WriteAllTextAsync(Path.Combine(Group, "group.members"), "client\nserver\n../other\n");
        await File.WriteAllTextAsync(Path.Combine(Group, "partial"), "");
        string other = _directory.Sub("other");
        await SampleImage.WriteAsync(other);
        string stranger = Path.Combine(Group, "stranger");
        await SampleImage.WriteAsync(stranger);

        Assert.Equal([Group], ImageDirectory.RemovePartial(_directory.Path));

        Assert.True(ImageDirectory.HoldsImage(other));
        Assert.True(ImageDirectory.HoldsImage(stranger));
        Assert.Equal(["stranger"], Directory.EnumerateFileSystemEntries(Group).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_directory_with_a_group_is_not_written_over()
    {
        await WriteAsync("client");
        Assert.Throws<ImageStorageException>(() => GroupWriter.Begin(Group, new PlainDirectoryFlush()));
        Assert.Throws<ImageStorageException>(() => ImageWriter.Begin(Group, new PlainDirectoryFlush()));
        Assert.Empty(ImageDirectory.RemovePartial(_directory.Path));
        GroupReader.Open(Group).Dispose();
    }

    [Fact]
    public async Task Manifest_that_ends_early_anywhere_is_refused()
    {
        await WriteAsync("client", "server");
        byte[] file = File.ReadAllBytes(ManifestPath);
        for (int length = 0; length < file.Length; length++)
            Assert.Throws<ImageFormatException>(() => GroupCodec.Decode("group", file.AsSpan(0, length)));
        Assert.Throws<ImageFormatException>(() => GroupCodec.Decode("group", [.. file, 0]));
    }

    [Fact]
    public async Task Every_single_flipped_bit_of_the_manifest_is_noticed()
    {
        await WriteAsync("client", "server");
        byte[] file = File.ReadAllBytes(ManifestPath);
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<ImageFormatException>(() => GroupCodec.Decode("group", file));
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public async Task Whatever_byte_changes_under_a_hash_that_fits_only_the_formats_own_exception_comes_out()
    {
        await WriteAsync("client", "server");
        byte[] file = File.ReadAllBytes(ManifestPath);
        for (int at = 0; at < file.Length - 32; at++)
        {
            byte before = file[at];
            foreach (byte other in (byte[])[0, (byte)'9', (byte)'"', 0xff])
            {
                file[at] = other;
                SHA256.HashData(file.AsSpan(0, file.Length - 32), file.AsSpan(file.Length - 32));
                Exception? thrown = Record.Exception(() => GroupCodec.Decode("group", file));
                Assert.True(thrown is null or ImageFormatException, $"{at}: {thrown}");
            }

            file[at] = before;
        }
    }

    [Theory]
    [InlineData("\"folder\":\"client\"", "\"folder\":\"../../\"")]
    [InlineData("\"folder\":\"client\"", "\"folder\":\"server\"")]
    [InlineData("\"folder\":\"client\"", "\"folder\":\".lient\"")]
    [InlineData("\"name\":\"client\"", "\"name\":\"server\"")]
    [InlineData("\"name\":\"client\"", "\"name\":\"chiens\"")]
    [InlineData("\"folder\":\"client\"", "\"folder\":\"absent\"")]
    public async Task A_forged_member_is_refused(string text, string other)
    {
        await WriteAsync("client", "server");
        byte[] file = File.ReadAllBytes(ManifestPath);
        int at = file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));
        Assert.True(at > 0 && text.Length == other.Length);
        Encoding.UTF8.GetBytes(other).CopyTo(file, at);
        File.WriteAllBytes(ManifestPath, ImageBytes.Seal(file));
        Assert.Throws<ImageFormatException>(() => GroupReader.Open(Group));
    }

    [Fact]
    public async Task A_member_that_was_replaced_by_another_whole_image_is_refused()
    {
        await WriteAsync("client", "server");
        string client = Path.Combine(Group, "client");
        Directory.Delete(client, recursive: true);
        using (ImageWriter writer = ImageWriter.Begin(client, new PlainDirectoryFlush()))
            await CommitAsync(writer, "client", 7);
        ImageFormatException refusal = Assert.Throws<ImageFormatException>(() => GroupReader.Open(Group));
        Assert.Equal(Path.Combine(client, "manifest"), refusal.File);
    }

    [Fact]
    public async Task A_damaged_member_is_refused_by_its_file()
    {
        await WriteAsync("client", "server");
        string pages = Path.Combine(Group, "server", "pages");
        using (FileStream stream = File.OpenWrite(pages))
            stream.SetLength(stream.Length - 1);
        Assert.Equal(pages, Assert.Throws<ImageFormatException>(() => GroupReader.Open(Group)).File);
    }

    [Fact]
    public async Task Two_images_of_one_instance_are_no_group()
    {
        await using (GroupWriter writer = GroupWriter.Begin(Group, new PlainDirectoryFlush()))
        {
            await CommitAsync(writer.Add("client"), "client", 1);
            await CommitAsync(writer.Add("server"), "server", 1);
            await writer.CommitAsync(s_created, "ecu-a");
        }

        Assert.Throws<ImageFormatException>(() => GroupReader.Open(Group));
    }

    [Fact]
    public void A_group_written_by_version_1_is_still_read_and_written_alike()
    {
        byte[] golden = Convert.FromBase64String(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "group-1.base64")));
        GroupManifest expected = new()
        {
            Created = s_created,
            NodeName = "ecu-a",
            Members = [new GroupMember("client", "client", new string('a', 64)), new GroupMember("a/b", "member-1", new string('0', 64))],
        };

        GroupManifest read = GroupCodec.Decode("golden", golden);

        Assert.Equal(expected.Members, read.Members);
        Assert.Equal((expected.Created, expected.NodeName), (read.Created, read.NodeName));
        byte[] written = GroupCodec.Encode("golden", expected);
        Assert.True(written.AsSpan().SequenceEqual(golden), Convert.ToBase64String(written, Base64FormattingOptions.InsertLineBreaks));
    }

    private async Task WriteAsync(params string[] names)
    {
        await using GroupWriter writer = GroupWriter.Begin(Group, new PlainDirectoryFlush());
        for (int i = 0; i < names.Length; i++)
            await CommitAsync(writer.Add(names[i]), names[i], (ulong)i + 1);
        await writer.CommitAsync(s_created, "ecu-a");
        Assert.True(writer.LengthBytes > names.Length * 4096);
    }

    private static Task CommitAsync(ImageWriter writer, string name, ulong incarnation)
    {
        writer.WritePages(SampleImage.Pages());
        writer.WriteDataspace(SampleImage.Tables, SampleImage.TableContent());
        return writer.CommitAsync(SampleImage.Manifest with { ComponentName = name, Incarnation = incarnation });
    }
}
