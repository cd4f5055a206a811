using Drover.Images.Content;
using Drover.Images.Format;
using Drover.Images.State;
using Drover.Platform;
using Drover.Platform.Faults;

namespace Drover.Images;

/// <summary>
/// Writes one image. Content first, in any order; then <see cref="CommitAsync"/>, before which no image exists. Disposing
/// without a commit deletes everything. Not thread safe. Trouble with the disk is an <see cref="ImageStorageException"/>.
/// </summary>
public sealed class ImageWriter : IAsyncDisposable, IDisposable
{
    private readonly IDirectoryFlush _directories;
    private readonly ImageReader? _parent;
    private readonly PartialMark _mark;
    private readonly ContentWriter _pages;
    private readonly ContentWriter _dataspaces;
    private readonly HashSet<uint> _writtenDataspaces = [];
    private ParentContent? _parentContent; // made when it is first asked for
    private bool _pagesWritten;
    private bool _committed;
    private ImageChain? _chain;
    private bool _disposed;

    private ImageWriter(string directory, IDirectoryFlush directories, ImageReader? parent, PartialMark mark)
    {
        Directory = directory;
        _directories = directories;
        _parent = parent;
        _mark = mark;
        ContentWriter? pages = null;
        try
        {
            pages = Create(ImageFormat.PagesFile);
            _dataspaces = Create(ImageFormat.DataspacesFile);
            _pages = pages;
        }
        catch
        {
            pages?.Dispose();
            _mark.Discard(ImageDirectory.DeleteFiles);
            throw;
        }
    }

    /// <summary>Absolute path of the image.</summary>
    public string Directory { get; }

    /// <summary>Bytes of all files of the image; 0 before the commit.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>Whether the content is compressed, at the commit: somebody waits longer for it, and it needs the room of both
    /// forms for a while.</summary>
    public bool Compress { get; set; }

    /// <summary>Steps that are to fail on purpose; none unless set.</summary>
    public FaultPoints Faults { get; set; } = new();

    /// <summary>The hash that ends the manifest, in hexadecimal digits; null before the commit.</summary>
    internal string? ManifestSha256 { get; private set; }

    /// <summary>Takes the directory, which must be absent, empty, or hold what a writer that died left there. Its parent
    /// must exist. The files are for this user only: they hold a component's memory.</summary>
    /// <param name="directory">Path of the image.</param>
    /// <param name="directories">Makes names durable.</param>
    /// <param name="parent">What a delta image builds upon; stays the caller's, who disposes it after this. Null for an image
    /// that is complete by itself.</param>
    public static ImageWriter Begin(string directory, IDirectoryFlush directories, ImageReader? parent = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(directories);
        string path = Path.GetFullPath(directory);
        return new ImageWriter(path, directories, parent, PartialMark.Claim(path));
    }

    /// <summary>Writes the private memory. Once only; an image without it has none.</summary>
    public void WritePages(IPageSource pages, CancellationToken cancel = default) => WritePages(pages, [], cancel);

    /// <summary>Writes what of the private memory was written since the parent image. What is in neither is gone.</summary>
    /// <param name="pages">The written pages.</param>
    /// <param name="inherited">What is as it was in the parent; ascending, and apart from the written pages.</param>
    /// <param name="cancel">Ends the writing.</param>
    public void WritePages(IPageSource pages, IReadOnlyList<PageRun> inherited, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(pages);
        CheckInherits(inherited);
        if (_pagesWritten)
            throw new InvalidOperationException("The pages are written.");
        _pagesWritten = true;
        Storage.Guard(_pages.Path, () => _pages.Write(0, pages, inherited, cancel));
    }

    /// <summary>Begins to write the private memory while it changes, instead of <see cref="WritePages(IPageSource, CancellationToken)"/>.</summary>
    public ContentRounds BeginPages()
    {
        CheckOpen();
        if (_pagesWritten)
            throw new InvalidOperationException("The pages are written.");
        _pagesWritten = true;
        return _pages.BeginRounds(_parent is null ? null : new ParentPages(_parent.AsParent.Content.Memory));
    }

    /// <summary>Begins to write a dataspace while it changes. To be done before any is written otherwise.</summary>
    /// <param name="badge">By which the parent image knows it, if it does.</param>
    public ContentRounds BeginDataspace(ulong badge)
    {
        CheckOpen();
        if (_writtenDataspaces.Count > 0)
            throw new InvalidOperationException("Others are written already.");
        return _dataspaces.BeginRounds(_parent is null ? null : new ParentPages((_parentContent ??= _parent.AsParent).Of(badge, isUtcbArea: false)));
    }

    /// <summary>Ends that: the image has what is known of it.</summary>
    public void EndDataspace(ObjectId dataspace, ContentRounds content)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentOutOfRangeException.ThrowIfZero(dataspace.Value);
        CheckOpen();
        if (!_writtenDataspaces.Add(dataspace.Value))
            throw new InvalidOperationException($"Dataspace {dataspace} is written.");
        content.KeepKnown(dataspace.Value);
    }

    /// <summary>Ends it without result: the dataspace is gone, or is written otherwise.</summary>
    public void DropDataspace(ContentRounds content)
    {
        ArgumentNullException.ThrowIfNull(content);
        CheckOpen();
        content.Keep([]);
    }

    /// <summary>Writes the content of a dataspace, whose addresses are offsets. Once for each; a dataspace that is not
    /// written is zero.</summary>
    public void WriteDataspace(ObjectId dataspace, IPageSource content, CancellationToken cancel = default) =>
        WriteDataspace(dataspace, content, [], cancel);

    /// <summary>Likewise, with what is as it was in the parent image.</summary>
    public void WriteDataspace(ObjectId dataspace, IPageSource content, IReadOnlyList<PageRun> inherited, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        CheckInherits(inherited);
        ArgumentOutOfRangeException.ThrowIfZero(dataspace.Value);
        CheckOpen();
        if (!_writtenDataspaces.Add(dataspace.Value))
            throw new InvalidOperationException($"Dataspace {dataspace} is written.");
        Storage.Guard(_dataspaces.Path, () => _dataspaces.Write(dataspace.Value, content, inherited, cancel));
    }

    /// <summary>Writes what was ever touched of the memory of a dataspace.</summary>
    public void WriteDataspace(ObjectId dataspace, ISharedMemory memory, CancellationToken cancel = default) =>
        WriteDataspace(dataspace, new SharedMemoryPages(memory), cancel);

    /// <summary>Makes the image exist, durably. Throws <see cref="ImageFormatException"/> if the manifest does not hold
    /// together or does not fit the content: such an image could not be read.</summary>
    public Task CommitAsync(ImageManifest manifest, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        CheckOpen();
        return Task.Run(() => Commit(manifest, cancel), cancel);
    }

    /// <summary>Opens the image that was just committed, without reading again what is known of it; once. Gives a reader of the
    /// caller's, which the parent need not outlive.</summary>
    public ImageReader OpenCommitted()
    {
        if (!_committed)
            throw new InvalidOperationException("The image is not committed.");
        ImageChain chain = _chain ?? throw new InvalidOperationException("The image was opened already.");
        _chain = null;
        return new ImageReader(chain);
    }

    /// <summary>Ends the writing; without a commit nothing of the image is left.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _chain?.Dispose();
        _pages.Dispose();
        _dataspaces.Dispose();
        if (_committed)
            _mark.End();
        else
            _mark.Discard(ImageDirectory.DeleteFiles);
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Commit(ImageManifest manifest, CancellationToken cancel)
    {
        string path = Path.Combine(Directory, ImageFormat.ManifestFile);
        ContentIndex pages = _pages.Index();
        ContentIndex dataspaces = _dataspaces.Index();
        manifest = Compressed(Identify(manifest), cancel);
        ManifestValidation.Check(path, manifest);
        new IndexValidation(path, pages, 0).CheckPages(manifest.Process.Mappings);
        new IndexValidation(path, dataspaces, 0).CheckDataspaces(manifest.Domain.Objects);
        byte[] file = ManifestCodec.Encode(path, manifest, pages, dataspaces);
        // Finds what it inherits, and is what a reader of this image needs.
        _chain = ImageChain.Upon(ImageLayer.OpenFiles(Directory, file, new DecodedManifest(manifest, pages, 0, dataspaces, 0)), _parent?.Layers);
        cancel.ThrowIfCancellationRequested();
        Storage.Guard(path, () => Publish(file));
        _committed = true;
        ManifestSha256 = ManifestCodec.HashOf(file);
        LengthBytes = file.Length + _pages.FileBytes + _dataspaces.FileBytes;
    }

    /// <summary>Compresses the content files, if that is asked for.</summary>
    private ImageManifest Compressed(ImageManifest manifest, CancellationToken cancel)
    {
        if (!Compress)
            return manifest with { Compression = null };
        Faults.Reach(FaultPoint.CheckpointCompress);
        return manifest with
        {
            Compression = new CompressionState
            {
                Method = CompressionState.Zstandard,
                PagesChunkBytes = Storage.Guard(_pages.Path, () => _pages.Compress(cancel)),
                DataspacesChunkBytes = Storage.Guard(_dataspaces.Path, () => _dataspaces.Compress(cancel)),
            },
        };
    }

    /// <summary>Gives the manifest its id, if it has none, and its parent.</summary>
    private ImageManifest Identify(ImageManifest manifest)
    {
        ParentImage? parent = null;
        if (_parent is not null)
        {
            if (_parent.Manifest.ImageId is not { } id || _parent.Manifest.Incarnation != manifest.Incarnation)
                throw new InvalidOperationException($"The image {_parent.Directory} is of another instance, or of a time without ids: nothing can build upon it.");
            if (_parent.Chain.Count >= ImageFormat.LongestChain)
                throw new InvalidOperationException($"The image {_parent.Directory} builds upon {_parent.Chain.Count - 1} others; merge them first.");
            parent = new ParentImage(Path.GetRelativePath(Directory, _parent.Directory), id);
        }

        return manifest with { ImageId = manifest.ImageId ?? Guid.NewGuid(), Parent = parent };
    }

    /// <summary>Everything that the manifest speaks of is on the disk before it has its name.</summary>
    private void Publish(byte[] file)
    {
        Faults.Reach(FaultPoint.CheckpointFlushContent);
        _pages.Flush();
        _dataspaces.Flush();
        Storage.Publish(_directories, Directory, ImageFormat.NewManifestFile, ImageFormat.ManifestFile, file, Faults);
    }

    private ContentWriter Create(string name)
    {
        string path = Path.Combine(Directory, name);
        return Storage.Guard(path, () => new ContentWriter(path, Storage.Create(path)));
    }

    private void CheckInherits(IReadOnlyList<PageRun> inherited)
    {
        ArgumentNullException.ThrowIfNull(inherited);
        if (inherited.Count > 0 && _parent is null)
            throw new InvalidOperationException("An image without a parent inherits nothing.");
    }

    private void CheckOpen()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_committed)
            throw new InvalidOperationException("The image is committed.");
    }
}
