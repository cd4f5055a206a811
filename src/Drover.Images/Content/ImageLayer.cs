using Drover.Images.Compression;
using Drover.Images.Format;
using Drover.Images.State;
using Microsoft.Win32.SafeHandles;

namespace Drover.Images.Content;

/// <summary>One image directory, validated by itself: manifest, indices, and its content files open. Several chains may
/// share one; the last that disposes it closes the files.</summary>
internal sealed class ImageLayer : IDisposable
{
    private int _users = 1;

    private ImageLayer(string directory, ReadOnlySpan<byte> manifest, DecodedManifest decoded, LayerFiles files)
    {
        ManifestSha256 = ManifestCodec.HashOf(manifest);
        Directory = directory;
        Decoded = decoded;
        Files = files;
        LengthBytes = manifest.Length + files.LengthBytes;
    }

    public string Directory { get; }

    public string ManifestPath => Path.Combine(Directory, ImageFormat.ManifestFile);

    public DecodedManifest Decoded { get; }

    public string ManifestSha256 { get; }

    public LayerFiles Files { get; }

    /// <summary>Bytes of all files of the image.</summary>
    public long LengthBytes { get; }

    /// <summary>Opens an image and checks it, but for its pages and what it inherits.</summary>
    public static ImageLayer Open(string directory)
    {
        string manifestPath = Path.Combine(directory, ImageFormat.ManifestFile);
        byte[] file = Storage.Guard(manifestPath, () => ReadManifest(manifestPath));
        DecodedManifest decoded = ManifestCodec.Decode(manifestPath, file);
        ManifestValidation.Check(manifestPath, decoded.Manifest);
        new IndexValidation(manifestPath, decoded.Pages, decoded.PagesOffset).CheckPages(decoded.Manifest.Process.Mappings);
        new IndexValidation(manifestPath, decoded.Dataspaces, decoded.DataspacesOffset).CheckDataspaces(decoded.Manifest.Domain.Objects);
        return OpenFiles(directory, file, decoded);
    }

    /// <summary>Opens the content of an image that was written a moment ago, whose manifest is known and was checked.</summary>
    public static ImageLayer OpenFiles(string directory, ReadOnlySpan<byte> manifest, DecodedManifest decoded)
    {
        CompressionState? compression = decoded.Manifest.Compression;
        string manifestPath = Path.Combine(directory, ImageFormat.ManifestFile);
        ContentFile pages = OpenContent(Path.Combine(directory, ImageFormat.PagesFile), decoded.Pages,
            compression is null ? null : ChunkTable.Of(manifestPath, "compression.pagesChunkBytes", compression.PagesChunkBytes, decoded.Pages.Checksums.Length));
        try
        {
            ContentFile dataspaces = OpenContent(Path.Combine(directory, ImageFormat.DataspacesFile), decoded.Dataspaces,
                compression is null ? null : ChunkTable.Of(manifestPath, "compression.dataspacesChunkBytes", compression.DataspacesChunkBytes, decoded.Dataspaces.Checksums.Length));
            return new ImageLayer(directory, manifest, decoded, new LayerFiles(pages, dataspaces));
        }
        catch
        {
            pages.Dispose();
            throw;
        }
    }

    /// <summary>Another user, who disposes it as well.</summary>
    public ImageLayer Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            Files.Dispose();
    }

    private static byte[] ReadManifest(string path)
    {
        long length = Storage.LengthOf(path);
        if (length is < ManifestHeader.EncodedBytes + ManifestHeader.HashBytes)
            throw new ImageFormatException(path, length, "manifest", $"at least {ManifestHeader.EncodedBytes + ManifestHeader.HashBytes} bytes", $"{length}");
        if (length > Array.MaxLength)
            throw new ImageFormatException(path, 0, "length of the manifest", $"at most {Array.MaxLength}", $"{length}");
        using SafeFileHandle handle = Storage.OpenRead(path);
        Span<byte> header = stackalloc byte[ManifestHeader.EncodedBytes];
        Fill(path, handle, header, length);
        ManifestHeader.Read(path, header, length);
        byte[] file = GC.AllocateUninitializedArray<byte>((int)length);
        Fill(path, handle, file, length);
        return file;
    }

    private static void Fill(string path, SafeFileHandle handle, Span<byte> destination, long length)
    {
        for (int at = 0; at < destination.Length;)
        {
            int got = RandomAccess.Read(handle, destination[at..], at);
            if (got == 0)
                throw new ImageFormatException(path, at, "manifest", $"{length} bytes", "the end of the file");
            at += got;
        }
    }

    private static ContentFile OpenContent(string path, ContentIndex index, ChunkTable? chunks)
    {
        long expected = chunks?.FileBytes ?? index.FileBytes;
        if (!File.Exists(path))
            throw new ImageFormatException(path, 0, "content file", $"{expected} bytes", "no file");
        return Storage.Guard(path, () =>
        {
            long length = Storage.LengthOf(path);
            if (length != expected)
                throw new ImageFormatException(path, length, "length of the content file", $"{expected} bytes", $"{length}");
            // Nothing of an empty one is ever read.
            return new ContentFile(path, length == 0 ? new SafeFileHandle() : Storage.OpenRead(path), index.Checksums, chunks) { LengthBytes = length };
        });
    }
}
