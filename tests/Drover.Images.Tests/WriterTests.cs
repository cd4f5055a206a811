using System.Runtime.Versioning;
using Drover.Images.Tests.Model;
using Drover.Platform;

namespace Drover.Images.Tests;

[SupportedOSPlatform("linux")]
public sealed class WriterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Image => _directory.Sub("image");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Writer_that_is_disposed_before_the_commit_leaves_nothing()
    {
        await using (ImageWriter writer = ImageWriter.Begin(Image, new PlainDirectoryFlush()))
        {
            writer.WritePages(SampleImage.Pages());
            Assert.True(File.Exists(Path.Combine(Image, "pages")));
        }

        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task Empty_directory_that_was_there_is_used_and_stays_when_nothing_comes_of_it()
    {
        Directory.CreateDirectory(Image);
        await using (ImageWriter writer = ImageWriter.Begin(Image, new PlainDirectoryFlush()))
            writer.WritePages(SampleImage.Pages());
        Assert.Empty(Directory.GetFileSystemEntries(Image));

        await SampleImage.WriteAsync(Image);

        ImageReader.Open(Image).Dispose();
    }

    [Fact]
    public async Task Image_or_foreign_directory_or_file_in_the_place_is_refused_and_not_touched()
    {
        await SampleImage.WriteAsync(Image);
        string foreign = _directory.Sub("foreign");
        Directory.CreateDirectory(foreign);
        File.WriteAllText(Path.Combine(foreign, "pages"), "mine");
        string file = _directory.Sub("file");
        File.WriteAllText(file, "mine");

        Assert.Contains("image already", Refused(Image), StringComparison.Ordinal);
        Assert.Contains("not empty", Refused(foreign), StringComparison.Ordinal);
        Assert.Contains("is a file", Refused(file), StringComparison.Ordinal);
        Assert.Contains("Make it first", Refused(_directory.Sub("none/image")), StringComparison.Ordinal);

        ImageReader.Open(Image).Dispose();
        Assert.Equal("mine", File.ReadAllText(Path.Combine(foreign, "pages")));
        Assert.Equal(3, Directory.GetFileSystemEntries(_directory.Path).Length);

        static string Refused(string path) =>
            Assert.Throws<ImageStorageException>(() => ImageWriter.Begin(path, new PlainDirectoryFlush())).Message;
    }

    [Fact]
    public async Task Two_writers_cannot_have_one_directory()
    {
        await using ImageWriter first = ImageWriter.Begin(Image, new PlainDirectoryFlush());

        ImageStorageException refusal = Assert.Throws<ImageStorageException>(() => ImageWriter.Begin(Image, new PlainDirectoryFlush()));

        Assert.Contains("being written", refusal.Message, StringComparison.Ordinal);
        first.WritePages(SampleImage.Pages());
        await first.CommitAsync(SampleImage.Manifest);
        ImageReader.Open(Image).Dispose();
    }

    [Fact]
    public async Task What_a_dead_writer_left_is_cleared_and_images_and_live_writers_are_not()
    {
        await SampleImage.WriteAsync(_directory.Sub("whole"));
        await SampleImage.WriteAsync(_directory.Sub("late"));
        File.WriteAllText(Path.Combine(_directory.Sub("late"), "partial"), "");
        Leave("dead", "partial", "pages", "dataspaces", "manifest.new");
        Leave("early", "partial");
        Leave("mixed", "partial", "pages", "notes");
        Leave("foreign", "pages", "dataspaces");
        await using ImageWriter live = ImageWriter.Begin(_directory.Sub("live"), new PlainDirectoryFlush());

        IReadOnlyList<string> cleared = ImageDirectory.RemovePartial(_directory.Path);

        Assert.Equal(new[] { "dead", "early", "mixed" }.Select(_directory.Sub), cleared.Order());
        Assert.Equal(["foreign", "late", "live", "mixed", "whole"], Names(_directory.Path));
        Assert.Equal(["notes"], Names(_directory.Sub("mixed")));
        Assert.Equal(["dataspaces", "pages"], Names(_directory.Sub("foreign")));
        Assert.Equal(["dataspaces", "manifest", "pages"], Names(_directory.Sub("late")));
        ImageReader.Open(_directory.Sub("late")).Dispose();
        live.WritePages(SampleImage.Pages());
        await live.CommitAsync(SampleImage.Manifest);
        Assert.Empty(ImageDirectory.RemovePartial(_directory.Path));
        Assert.Empty(ImageDirectory.RemovePartial(_directory.Sub("none")));
    }

    [Fact]
    public async Task What_a_dead_writer_left_in_the_place_is_written_over()
    {
        Leave("image", "partial", "pages", "manifest.new");

        await SampleImage.WriteAsync(Image);

        using ImageReader reader = ImageReader.Open(Image);
        reader.VerifyPages();
        Assert.Equal(["dataspaces", "manifest", "pages"], Names(Image));
    }

    [Fact]
    public async Task Manifest_gets_its_name_after_the_directory_was_flushed_and_the_name_is_flushed_too()
    {
        var seen = new List<string>();
        var flush = new PlainDirectoryFlush(directory => seen.Add($"{directory}: {string.Join(' ', Names(Image))}"));
        await using (ImageWriter writer = ImageWriter.Begin(Image, flush))
            await writer.CommitAsync(SampleImage.Manifest);

        Assert.Equal(
            [
                $"{Image}: dataspaces manifest.new pages partial",
                $"{Image}: dataspaces manifest pages partial",
                $"{_directory.Path}: dataspaces manifest pages partial",
            ],
            seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Failure_at_any_step_of_the_commit_leaves_nothing(int failing)
    {
        int call = 0;
        var flush = new PlainDirectoryFlush(_ =>
        {
            if (++call == failing)
                throw new InvalidOperationException("the disk is gone");
        });
        ImageStorageException failure = await Assert.ThrowsAsync<ImageStorageException>(async () =>
        {
            await using ImageWriter writer = ImageWriter.Begin(Image, flush);
            writer.WritePages(SampleImage.Pages());
            await writer.CommitAsync(SampleImage.Manifest);
        });

        Assert.Contains("the disk is gone", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task Page_source_that_fails_and_a_cancelled_writing_leave_nothing()
    {
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await using ImageWriter writer = ImageWriter.Begin(Image, new PlainDirectoryFlush());
            writer.WritePages(new FailingPages());
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await using ImageWriter writer = ImageWriter.Begin(Image, new PlainDirectoryFlush());
            writer.WritePages(SampleImage.Pages(), new CancellationToken(canceled: true));
        });

        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task Full_disk_is_told_with_the_path_and_leaves_nothing()
    {
        // A mount of its own needs rights; /dev/full stands in for the disk: the page file leads there.
        await using ImageWriter writer = ImageWriter.Begin(Image, new PlainDirectoryFlush());
        using var full = new FileStream("/dev/full", new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, BufferSize = 0 });
        using var content = new Content.ContentWriter(Path.Combine(Image, "pages"), full);

        ImageStorageException failure = Assert.Throws<ImageStorageException>(
            () => Storage.Guard(content.Path, () => content.Write(0, SampleImage.Pages(), [], default)));

        Assert.Contains("No space left", failure.Message, StringComparison.Ordinal);
        Assert.Equal(content.Path, failure.Path);
    }

    [Fact]
    public async Task Files_are_for_their_owner_only()
    {
        await SampleImage.WriteAsync(Image);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Image));
        foreach (string file in Directory.GetFiles(Image))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Order_of_calls_is_held()
    {
        await using ImageWriter writer = ImageWriter.Begin(Image, new PlainDirectoryFlush());
        writer.WritePages(SampleImage.Pages());
        writer.WriteDataspace(SampleImage.Shared, new MemoryPages());
        Assert.Throws<InvalidOperationException>(() => writer.WritePages(SampleImage.Pages()));
        Assert.Throws<InvalidOperationException>(() => writer.WriteDataspace(SampleImage.Shared, new MemoryPages()));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.WriteDataspace(default, new MemoryPages()));
        await writer.CommitAsync(SampleImage.Manifest);
        Assert.Equal(Directory.GetFiles(Image).Sum(file => new FileInfo(file).Length), writer.LengthBytes);
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(SampleImage.Manifest));
        Assert.Throws<InvalidOperationException>(() => writer.WriteDataspace(SampleImage.Tables, new MemoryPages()));
        writer.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.CommitAsync(SampleImage.Manifest));
        using ImageReader reader = ImageReader.Open(Image);
        Assert.Equal(reader.LengthBytes, writer.LengthBytes);
    }

    private static IEnumerable<string> Names(string directory) =>
        Directory.GetFileSystemEntries(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private void Leave(string name, params string[] files)
    {
        Directory.CreateDirectory(_directory.Sub(name));
        foreach (string file in files)
            File.WriteAllText(Path.Combine(_directory.Sub(name), file), "half");
    }

    private sealed class FailingPages : IPageSource
    {
        public IReadOnlyList<PageRun> Runs => [new(SampleImage.HeapStart, 4096)];

        public void Read(ulong address, Span<byte> destination) => throw new InvalidDataException("gone");
    }
}
