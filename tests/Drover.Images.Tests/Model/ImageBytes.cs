using System.Security.Cryptography;
using System.Text;
using Drover.Images.Format;

namespace Drover.Images.Tests.Model;

/// <summary>The files of an image on disk, to be damaged.</summary>
internal sealed class ImageBytes(string directory)
{
    public string ManifestPath { get; } = Path.Combine(directory, "manifest");

    public string PagesPath { get; } = Path.Combine(directory, "pages");

    public byte[] Manifest { get; } = File.ReadAllBytes(Path.Combine(directory, "manifest"));

    public byte[] Pages { get; } = File.ReadAllBytes(Path.Combine(directory, "pages"));

    /// <summary>What an attacker who knows the format would do: the hash fits again.</summary>
    public static byte[] Seal(byte[] manifest)
    {
        SHA256.HashData(manifest.AsSpan(0, manifest.Length - 32), manifest.AsSpan(manifest.Length - 32));
        return manifest;
    }

    /// <summary>Writes a manifest that says something else, and holds together otherwise.</summary>
    public static void ChangeManifest(string directory, Func<ImageManifest, ImageManifest> change)
    {
        string path = Path.Combine(directory, "manifest");
        DecodedManifest decoded = ManifestCodec.Decode(path, File.ReadAllBytes(path));
        File.WriteAllBytes(path, ManifestCodec.Encode(path, change(decoded.Manifest), decoded.Pages, decoded.Dataspaces));
    }

    public ImageFormatException Refused(byte[] manifest)
    {
        File.WriteAllBytes(ManifestPath, manifest);
        return Assert.Throws<ImageFormatException>(() => ImageReader.Open(directory).Dispose());
    }

    /// <summary>Refused with another text in place of one that occurs once, the length being the same.</summary>
    public ImageFormatException RefusedWith(string text, string other)
    {
        Assert.Equal(text.Length, other.Length);
        byte[] copy = [.. Manifest];
        int at = copy.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));
        Assert.True(at > 0, text);
        Encoding.UTF8.GetBytes(other).CopyTo(copy, at);
        return Refused(Seal(copy));
    }
}
