using Drover.Images.Content;
using Drover.Images.State;
using Drover.Platform;

namespace Drover.Images;

/// <summary>
/// An image that was found to be whole and to hold together, but for the content of its pages: each page is compared with
/// its checksum whenever it is read. A delta image is read with all that it builds upon, as one. Gives the private memory
/// as an <see cref="IPageSource"/>. Any thread may read. Never changes an image.
/// </summary>
public sealed class ImageReader : IImageContent, IPageSource, IDisposable
{
    private const int AttemptsInSeries = 3;

    private readonly ImageChain _chain;
    private readonly StoredContent _memory;
    private readonly Dictionary<ObjectId, IPageSource> _dataspaces = [];

    internal ImageReader(ImageChain chain)
    {
        _chain = chain;
        ResolvedContent content = chain.Content;
        _memory = new StoredContent(content.Memory, () => ContentRuns.OfMemory(content.Memory, Manifest.Process.Mappings));
        foreach ((ObjectId dataspace, ResolvedSegment[] segments) in content.Dataspaces)
            _dataspaces.Add(dataspace, new StoredContent(segments, () => ContentRuns.OfDataspace(segments)));
    }

    /// <summary>Absolute path of the image.</summary>
    public string Directory => _chain.Layers[0].Directory;

    string IImageContent.Place => Directory;

    public ImageManifest Manifest => _chain.Layers[0].Decoded.Manifest;

    /// <summary>Bytes of all files of the image, without those of the images that it builds upon.</summary>
    public long LengthBytes => _chain.Layers[0].LengthBytes;

    /// <summary>Absolute paths of the images that are read, this one first and the complete one last.</summary>
    public IReadOnlyList<string> Chain => [.. _chain.Layers.Select(layer => layer.Directory)];

    /// <summary>What of the private memory is to be filled: all that differs from fresh mappings.</summary>
    public IReadOnlyList<PageRun> Runs => _memory.Runs;

    IPageSource IImageContent.Memory => this;

    /// <summary>The hash that ends the manifest, in hexadecimal digits.</summary>
    internal string ManifestSha256 => _chain.Layers[0].ManifestSha256;

    /// <summary>The images with their content, for one that builds upon this.</summary>
    internal ImageChain Layers => _chain;

    /// <summary>For images that are to inherit from this one.</summary>
    internal ParentContent AsParent => new(_chain.Content, Manifest.Domain);

    /// <summary>The private memory with the zeros that need no filling but that delta images may inherit.</summary>
    internal IPageSource WholeMemory() => Whole(_chain.Content.Memory);

    /// <summary>Likewise the content of a dataspace.</summary>
    internal IPageSource WholeDataspace(ObjectId dataspace) => Whole(_chain.Content.Dataspaces.GetValueOrDefault(dataspace, []));

    /// <summary>Opens an image and checks everything but the content of pages. Throws <see cref="ImageFormatException"/>
    /// for an image that is not whole and <see cref="ImageStorageException"/> if there is none or it cannot be read.</summary>
    public static ImageReader Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string path = Path.GetFullPath(directory);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new ImageReader(ImageChain.Open(path));
            }
            catch (Exception failure) when (attempt < AttemptsInSeries && failure is ImageStorageException or ImageFormatException
                && Series.SeriesNames.TryParse(Path.GetFileName(path), out _))
            {
                // A series may have folded what this image builds upon between one look and the next.
            }
        }
    }

    /// <summary>Reads private memory; the address lies in a run. Throws <see cref="ImageFormatException"/> for a damaged page.</summary>
    public void Read(ulong address, Span<byte> destination) => _memory.Read(address, destination);

    /// <summary>The content of a dataspace by offset; without runs if nothing of it was ever written.</summary>
    public IPageSource Dataspace(ObjectId dataspace) => _dataspaces.GetValueOrDefault(dataspace, EmptyContent.Instance);

    /// <summary>Reads all content for its checksums, that of the images it builds upon too, so that a later read finds no
    /// damage but what came since.</summary>
    public void VerifyPages(CancellationToken cancel = default)
    {
        foreach (ImageLayer layer in _chain.Layers)
            layer.Files.Verify(cancel);
    }

    /// <summary>Keeps <see cref="Memory"/> readable, even when this has been disposed, until the result is disposed, once, by any thread.</summary>
    public IDisposable Hold() => _chain.Share();

    public void Dispose() => _chain.Dispose();

    private static StoredContent Whole(ResolvedSegment[] segments) => new(segments, () => ContentRuns.OfAll(segments));
}
