using System.Buffers.Binary;
using Drover.Images.Tests.Model;

namespace Drover.Images.Tests;

public sealed class DamageTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private ImageBytes _image = null!;

    private string Image => _directory.Sub("image");

    public async Task InitializeAsync()
    {
        await SampleImage.WriteAsync(Image);
        _image = new ImageBytes(Image);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Manifest_that_ends_early_anywhere_is_refused()
    {
        for (int length = 0; length < _image.Manifest.Length; length++)
        {
            ImageFormatException refusal = Assert.Throws<ImageFormatException>(
                () => Format.ManifestCodec.Decode("manifest", _image.Manifest.AsSpan(0, length)));
            Assert.Equal("manifest", refusal.File);
        }

        Assert.Equal(_image.ManifestPath, _image.Refused([]).File);
        Assert.Equal(_image.ManifestPath, _image.Refused(_image.Manifest[..^1]).File);
    }

    [Fact]
    public void Manifest_that_goes_on_is_refused()
    {
        ImageFormatException refusal = _image.Refused([.. _image.Manifest, 0]);

        Assert.Equal($"{_image.Manifest.Length} bytes", refusal.Expected);
    }

    [Fact]
    public void Every_single_flipped_bit_of_the_manifest_is_noticed()
    {
        byte[] copy = [.. _image.Manifest];
        for (int bit = 0; bit < copy.Length * 8; bit++)
        {
            copy[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<ImageFormatException>(() => Format.ManifestCodec.Decode("manifest", copy));
            copy[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Whatever_byte_changes_under_a_hash_that_fits_the_image_is_refused_in_words_or_means_something()
    {
        // Nothing but the format's own exception may come out, whatever the payload says.
        byte[] copy = [.. _image.Manifest];
        for (int at = 0; at < copy.Length - 32; at += 13)
        {
            byte before = copy[at];
            foreach (byte other in (byte[])[0, (byte)'9', (byte)'"', 0xff])
            {
                copy[at] = other;
                ImageBytes.Seal(copy);
                Exception? thrown = Record.Exception(() => Check(copy));
                Assert.True(thrown is null or ImageFormatException, $"{at}: {thrown}");
            }

            copy[at] = before;
        }

        static void Check(byte[] file)
        {
            Format.DecodedManifest decoded = Format.ManifestCodec.Decode("manifest", file);
            Format.ManifestValidation.Check("manifest", decoded.Manifest);
            new Format.IndexValidation("manifest", decoded.Pages, 0).CheckPages(decoded.Manifest.Process.Mappings);
            new Format.IndexValidation("manifest", decoded.Dataspaces, 0).CheckDataspaces(decoded.Manifest.Domain.Objects);
        }
    }

    [Fact]
    public void Flipped_bits_of_every_page_are_found_when_it_is_read_and_when_all_are_verified()
    {
        for (int at = 7; at < _image.Pages.Length; at += 509)
        {
            byte[] copy = [.. _image.Pages];
            copy[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(_image.PagesPath, copy);
            using ImageReader reader = ImageReader.Open(Image);
            ImageFormatException verified = Assert.Throws<ImageFormatException>(() => reader.VerifyPages());
            ImageFormatException read = Assert.Throws<ImageFormatException>(() => ReadAll(reader));
            Assert.Equal(at / 4096 * 4096, verified.OffsetBytes);
            Assert.Equal(verified.Message, read.Message);
            Assert.Equal(_image.PagesPath, read.File);
        }
    }

    [Fact]
    public void Damaged_page_leaves_nothing_of_itself_with_the_reader()
    {
        byte[] copy = [.. _image.Pages];
        copy[100] ^= 1;
        File.WriteAllBytes(_image.PagesPath, copy);
        using ImageReader reader = ImageReader.Open(Image);
        byte[] destination = new byte[4096];

        Assert.Throws<ImageFormatException>(() => reader.Read(SampleImage.HeapStart, destination));

        Assert.Equal(new byte[4096], destination);
    }

    [Theory]
    [InlineData("pages")]
    [InlineData("dataspaces")]
    public void Content_file_of_another_length_or_none_is_refused_before_anything_is_read(string name)
    {
        string path = Path.Combine(Image, name);
        byte[] content = File.ReadAllBytes(path);
        foreach (int length in new[] { 0, 1, content.Length - 4096, content.Length - 1, content.Length + 1, content.Length + 4096 })
        {
            byte[] other = new byte[length];
            content.AsSpan(0, Math.Min(length, content.Length)).CopyTo(other);
            File.WriteAllBytes(path, other);
            ImageFormatException refusal = Assert.Throws<ImageFormatException>(() => ImageReader.Open(Image));
            Assert.Equal((path, $"{content.Length} bytes", $"{length}"), (refusal.File, refusal.Expected, refusal.Found));
        }

        File.Delete(path);
        Assert.Equal("no file", Assert.Throws<ImageFormatException>(() => ImageReader.Open(Image)).Found);
    }

    [Fact]
    public void File_that_shrinks_after_it_was_opened_is_an_error_and_not_a_fault()
    {
        using ImageReader reader = ImageReader.Open(Image);
        using (var file = new FileStream(_image.PagesPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(100);

        ImageFormatException refusal = Assert.Throws<ImageFormatException>(() => ReadAll(reader));

        Assert.Equal("the end of the file", refusal.Found);
    }

    [Fact]
    public void Swapped_pages_are_found()
    {
        byte[] copy = [.. _image.Pages[4096..8192], .. _image.Pages[..4096], .. _image.Pages[8192..]];
        File.WriteAllBytes(_image.PagesPath, copy);
        using ImageReader reader = ImageReader.Open(Image);

        Assert.Throws<ImageFormatException>(() => reader.VerifyPages());
    }

    [Theory]
    [InlineData(0, "magic number")]
    [InlineData(8, "format version")]
    [InlineData(12, "architecture")]
    [InlineData(16, "page size")]
    [InlineData(20, "reserved field")]
    [InlineData(24, "length of the manifest")]
    [InlineData(32, "length of the manifest")]
    [InlineData(40, "length of the manifest")]
    [InlineData(64, "length of the manifest")]
    public void Header_field_of_another_value_is_named_with_its_offset(int offset, string subject)
    {
        byte[] copy = [.. _image.Manifest];
        copy[offset]++;

        ImageFormatException refusal = _image.Refused(ImageBytes.Seal(copy));

        Assert.Equal(subject, refusal.Subject);
        Assert.True(refusal.OffsetBytes <= 24, $"{refusal.OffsetBytes}");
    }

    [Theory]
    [InlineData(32, "payload length")]
    [InlineData(40, "number of page segments")]
    [InlineData(48, "number of stored pages")]
    [InlineData(56, "number of dataspace segments")]
    [InlineData(64, "number of stored dataspace pages")]
    public void Huge_counts_are_refused_before_memory_is_taken_for_them(int offset, string subject)
    {
        foreach (ulong count in (ulong[])[ulong.MaxValue, long.MaxValue, 1ul << 40, 1ul << 31])
        {
            byte[] copy = [.. _image.Manifest];
            BinaryPrimitives.WriteUInt64LittleEndian(copy.AsSpan(offset), count);

            ImageFormatException refusal = _image.Refused(ImageBytes.Seal(copy));

            Assert.Equal((subject, $"{count}"), (refusal.Subject, refusal.Found));
        }
    }

    [Fact]
    public void Directory_without_manifest_is_no_image()
    {
        File.Delete(_image.ManifestPath);

        ImageStorageException refusal = Assert.Throws<ImageStorageException>(() => ImageReader.Open(Image));

        Assert.Contains(Image, refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ImageStorageException>(() => ImageReader.Open(_directory.Sub("nothing")));
    }

    private static void ReadAll(ImageReader reader)
    {
        foreach (Platform.PageRun run in reader.Runs)
            reader.Read(run.Address, new byte[run.LengthBytes]);
    }
}
