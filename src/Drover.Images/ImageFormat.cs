using Drover.Images.Format;

namespace Drover.Images;

/// <summary>Names, numbers and limits of the format; docs/image-format.md explains them.</summary>
public static class ImageFormat
{
    /// <summary>What this library writes, and the only version it reads.</summary>
    public const uint Version = 1;

    /// <summary>ELF's number for x86-64 (EM_X86_64).</summary>
    public const uint Architecture = 62;

    public const int PageBytes = 4096;

    /// <summary>Images of a chain, its complete one included.</summary>
    public const int LongestChain = 256;

    public const string ManifestFile = "manifest";

    public const string PagesFile = "pages";

    public const string DataspacesFile = "dataspaces";

    /// <summary>Has the code that reads and writes manifests compiled, which otherwise the first image pays for (about 0.2 s).
    /// To be called once, on any thread, when a node starts; touches no file.</summary>
    public static void Prepare() => Preparation.Run();

    /// <summary>The manifest until it is complete.</summary>
    internal const string NewManifestFile = "manifest.new";

    /// <summary>A content file while it is being compressed.</summary>
    internal const string PackedFile = "packed";

    /// <summary>Marks a directory whose image is being written; locked (flock(2)) by the writer as long as it lives.</summary>
    internal const string PartialFile = "partial";

    /// <summary>First address that user memory cannot have with four-level page tables.</summary>
    internal const ulong UserAddressEnd = 0x7fff_ffff_f000;

    internal static ReadOnlySpan<byte> Magic => [0x89, (byte)'D', (byte)'R', (byte)'O', (byte)'V', (byte)'E', (byte)'R', (byte)'\n'];
}
