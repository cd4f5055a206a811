using Drover.Images.Tests.Model;

namespace Drover.Images.Tests;

/// <summary>An image as the first version of this library wrote it. Its content follows from <see cref="SampleImage"/>.</summary>
public sealed class GoldenTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Image => _directory.Sub("image");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Image_written_by_version_1_is_still_read()
    {
        await SampleImage.WriteAsync(Image);
        File.WriteAllBytes(Path.Combine(Image, "manifest"), Golden());

        using ImageReader reader = ImageReader.Open(Image);

        reader.VerifyPages();
        Assert.Equal(SampleImage.Json(SampleImage.Manifest), SampleImage.Json(reader.Manifest));
    }

    [Fact]
    public async Task Same_state_still_makes_the_same_bytes()
    {
        await SampleImage.WriteAsync(Image);

        byte[] written = File.ReadAllBytes(Path.Combine(Image, "manifest"));

        Assert.True(written.AsSpan().SequenceEqual(Golden()), Text(written));
    }

    private static byte[] Golden() =>
        Convert.FromBase64String(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "manifest-1.base64")));

    private static string Text(byte[] written) => Convert.ToBase64String(written, Base64FormattingOptions.InsertLineBreaks);
}
