using Drover.Images.Tests.Model;

namespace Drover.Images.Tests;

/// <summary>What lies under the names of an image's files and is none of them.</summary>
public sealed class OpeningTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Image => _directory.Sub("image");

    private string Manifest => Path.Combine(Image, "manifest");

    private string Pages => Path.Combine(Image, "pages");

    public Task InitializeAsync() => SampleImage.WriteAsync(Image);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_large_manifest_without_a_header_takes_no_memory()
    {
        using (FileStream file = new(Manifest, FileMode.Create))
            file.SetLength(Array.MaxLength);
        long before = GC.GetAllocatedBytesForCurrentThread();

        ImageFormatException refusal = Assert.Throws<ImageFormatException>(() => ImageReader.Open(Image));

        Assert.Equal("magic number", refusal.Subject);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_device_in_place_of_the_manifest_is_not_opened() => AssertRefused(Manifest, "manifest");

    [Fact]
    public void A_device_in_place_of_the_pages_is_not_opened() => AssertRefused(Pages, "length of the content file");

    [Fact]
    public void Links_to_the_files_of_an_image_are_followed()
    {
        File.Move(Pages, Pages + ".elsewhere");
        File.CreateSymbolicLink(Pages, Pages + ".elsewhere");

        using ImageReader image = ImageReader.Open(Image);

        image.VerifyPages();
    }

    // It gives bytes without end to who opens it, and has no length to who looks at it.
    private void AssertRefused(string path, string subject)
    {
        File.Delete(path);
        File.CreateSymbolicLink(path, "/dev/zero");

        ImageFormatException refusal = Assert.Throws<ImageFormatException>(() => ImageReader.Open(Image));

        Assert.Equal(path, refusal.File);
        Assert.Equal(subject, refusal.Subject);
    }
}
