using Drover.Images.Content;
using Drover.Images.Format;
using Drover.Images.State;
using Drover.Platform;
using Microsoft.Win32.SafeHandles;

namespace Drover.Images;

/// <summary>
/// An image that was found to be whole and to hold together, but for the content of its pages: each page is compared with
/// its checksum whenever it is read. Gives the private memory as an <see cref="IPageSource"/>. Any thread may read.
/// Never changes the image.
/// </summary>
public sealed class ImageReader : IPageSource, IDisposable
{
    private readonly ContentFile _pagesFile;
    private readonly ContentFile _dataspacesFile;
    private readonly StoredContent _memory;
    private readonly Dictionary<ObjectId, IPageSource> _dataspaces;

    private ImageReader(string directory, DecodedManifest decoded, ContentFile pages, ContentFile dataspaces)
    {
        Directory = directory;
        Manifest = decoded.Manifest;
        _pagesFile = pages;
        _dataspacesFile = dataspaces;
        _memory = new StoredContent(pages, decoded.Pages.Segments,
            ContentRuns.OfMemory(decoded.Pages.Segments, decoded.Manifest.Process.Mappings));
        _dataspaces = ByOwner(dataspaces, decoded.Dataspaces.Segments);
    }

    /// <summary>Absolute path of the image.</summary>
    public string Directory { get; }

    public ImageManifest Manifest { get; }

    /// <summary>Bytes of all files of the image.</summary>
    public long LengthBytes { get; private init; }

    /// <summary>What of the private memory is to be filled: all that differs from fresh mappings.</summary>
    public IReadOnlyList<PageRun> Runs => _memory.Runs;

    /// <summary>Opens an image and checks everything but the content of pages. Throws <see cref="ImageFormatException"/>
    /// for an image that is not whole and <see cref="ImageStorageException"/> if there is none or it cannot be read.</summary>
    public static ImageReader Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string path = Path.GetFullPath(directory);
        string manifestPath = Path.Combine(path, ImageFormat.ManifestFile);
        if (!File.Exists(manifestPath))
            throw new ImageStorageException(path, $"is not an image: it has no file \"{ImageFormat.ManifestFile}\".");
        byte[] file = Storage.Guard(manifestPath, () => ReadManifest(manifestPath));
        DecodedManifest decoded = ManifestCodec.Decode(manifestPath, file);
        ManifestValidation.Check(manifestPath, decoded.Manifest);
        new IndexValidation(manifestPath, decoded.Pages, decoded.PagesOffset).CheckPages(decoded.Manifest.Process.Mappings);
        new IndexValidation(manifestPath, decoded.Dataspaces, decoded.DataspacesOffset).CheckDataspaces(decoded.Manifest.Domain.Objects);
        ContentFile pages = OpenContent(Path.Combine(path, ImageFormat.PagesFile), decoded.Pages);
        try
        {
            ContentFile dataspaces = OpenContent(Path.Combine(path, ImageFormat.DataspacesFile), decoded.Dataspaces);
            return new ImageReader(path, decoded, pages, dataspaces)
            {
                LengthBytes = file.Length + decoded.Pages.FileBytes + decoded.Dataspaces.FileBytes,
            };
        }
        catch
        {
            pages.Dispose();
            throw;
        }
    }

    /// <summary>Reads private memory; the address lies in a run. Throws <see cref="ImageFormatException"/> for a damaged page.</summary>
    public void Read(ulong address, Span<byte> destination) => _memory.Read(address, destination);

    /// <summary>The content of a dataspace by offset; without runs if nothing of it was ever written.</summary>
    public IPageSource Dataspace(ObjectId dataspace) => _dataspaces.GetValueOrDefault(dataspace, EmptyContent.Instance);

    /// <summary>Fills the memory of a fresh dataspace.</summary>
    public void CopyDataspace(ObjectId dataspace, ISharedMemory target)
    {
        ArgumentNullException.ThrowIfNull(target);
        const int ChunkBytes = 1 << 20;
        IPageSource content = Dataspace(dataspace);
        foreach (PageRun run in content.Runs)
        {
            ulong end = Math.Min(run.End, target.LengthBytes);
            for (ulong offset = run.Address; offset < end;)
            {
                int length = (int)Math.Min(end - offset, ChunkBytes);
                content.Read(offset, target.Span(offset, length));
                offset += (ulong)length;
            }
        }
    }

    /// <summary>Reads all content for its checksums, so that a later read finds no damage but what came since.</summary>
    public void VerifyPages(CancellationToken cancel = default)
    {
        _pagesFile.Verify(cancel);
        _dataspacesFile.Verify(cancel);
    }

    public void Dispose()
    {
        _pagesFile.Dispose();
        _dataspacesFile.Dispose();
    }

    private static byte[] ReadManifest(string path)
    {
        using SafeFileHandle handle = Storage.OpenRead(path);
        long length = RandomAccess.GetLength(handle);
        if (length > Array.MaxLength)
            throw new ImageFormatException(path, 0, "length of the manifest", $"at most {Array.MaxLength}", $"{length}");
        byte[] file = GC.AllocateUninitializedArray<byte>((int)length);
        int at = 0;
        while (at < file.Length)
        {
            int got = RandomAccess.Read(handle, file.AsSpan(at), at);
            if (got == 0)
                throw new ImageFormatException(path, at, "manifest", $"{length} bytes", "the end of the file");
            at += got;
        }

        return file;
    }

    private static ContentFile OpenContent(string path, ContentIndex index)
    {
        if (!File.Exists(path))
            throw new ImageFormatException(path, 0, "content file", $"{index.FileBytes} bytes", "no file");
        return Storage.Guard(path, () =>
        {
            SafeFileHandle handle = Storage.OpenRead(path);
            long length = RandomAccess.GetLength(handle);
            if (length == index.FileBytes)
                return new ContentFile(path, handle, index.Checksums);
            handle.Dispose();
            throw new ImageFormatException(path, length, "length of the content file", $"{index.FileBytes} bytes", $"{length}");
        });
    }

    private static Dictionary<ObjectId, IPageSource> ByOwner(ContentFile file, Segment[] segments)
    {
        var contents = new Dictionary<ObjectId, IPageSource>();
        for (int first = 0; first < segments.Length;)
        {
            int end = first + 1;
            while (end < segments.Length && segments[end].Owner == segments[first].Owner)
                end++;
            ReadOnlyMemory<Segment> own = segments.AsMemory(first..end);
            contents.Add(new ObjectId(segments[first].Owner), new StoredContent(file, own, ContentRuns.OfDataspace(own.Span)));
            first = end;
        }

        return contents;
    }
}
