using Drover.Images.Content;
using Drover.Images.Format;
using Drover.Images.State;
using Drover.Platform;

namespace Drover.Images;

/// <summary>
/// Writes one image. Content first, in any order; then <see cref="CommitAsync"/>, before which no image exists. Disposing
/// without a commit deletes everything. Not thread safe. Trouble with the disk is an <see cref="ImageStorageException"/>.
/// </summary>
public sealed class ImageWriter : IAsyncDisposable, IDisposable
{
    private readonly IDirectoryFlush _directories;
    private readonly bool _madeDirectory;
    private readonly FileStream _marker;
    private readonly ContentWriter _pages;
    private readonly ContentWriter _dataspaces;
    private readonly HashSet<uint> _writtenDataspaces = [];
    private bool _pagesWritten;
    private bool _committed;
    private bool _disposed;

    private ImageWriter(string directory, IDirectoryFlush directories, bool madeDirectory, FileStream marker)
    {
        Directory = directory;
        _directories = directories;
        _madeDirectory = madeDirectory;
        _marker = marker;
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
            Discard();
            throw;
        }
    }

    /// <summary>Absolute path of the image.</summary>
    public string Directory { get; }

    /// <summary>Bytes of all files of the image; 0 before the commit.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>Takes the directory, which must be absent, empty, or hold what a writer that died left there. Its parent
    /// must exist. The files are for this user only: they hold a component's memory.</summary>
    public static ImageWriter Begin(string directory, IDirectoryFlush directories)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(directories);
        string path = Path.GetFullPath(directory);
        (FileStream marker, bool made) = Storage.Guard(path, () => ImageDirectory.Claim(path));
        return new ImageWriter(path, directories, made, marker);
    }

    /// <summary>Writes the private memory. Once only; an image without it has none.</summary>
    public void WritePages(IPageSource pages, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(pages);
        CheckOpen();
        if (_pagesWritten)
            throw new InvalidOperationException("The pages are written.");
        _pagesWritten = true;
        Storage.Guard(_pages.Path, () => _pages.Write(0, pages, cancel));
    }

    /// <summary>Writes the content of a dataspace, whose addresses are offsets. Once for each; a dataspace that is not
    /// written is zero.</summary>
    public void WriteDataspace(ObjectId dataspace, IPageSource content, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentOutOfRangeException.ThrowIfZero(dataspace.Value);
        CheckOpen();
        if (!_writtenDataspaces.Add(dataspace.Value))
            throw new InvalidOperationException($"Dataspace {dataspace} is written.");
        Storage.Guard(_dataspaces.Path, () => _dataspaces.Write(dataspace.Value, content, cancel));
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

    /// <summary>Ends the writing; without a commit nothing of the image is left.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _pages.Dispose();
        _dataspaces.Dispose();
        if (_committed)
            EndMark();
        else
            Discard();
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
        ManifestValidation.Check(path, manifest);
        new IndexValidation(path, pages, 0).CheckPages(manifest.Process.Mappings);
        new IndexValidation(path, dataspaces, 0).CheckDataspaces(manifest.Domain.Objects);
        byte[] file = ManifestCodec.Encode(path, manifest, pages, dataspaces);
        cancel.ThrowIfCancellationRequested();
        Storage.Guard(path, () => Publish(path, file));
        _committed = true;
        LengthBytes = file.Length + pages.FileBytes + dataspaces.FileBytes;
    }

    /// <summary>Everything that the manifest speaks of is on the disk before it has its name.</summary>
    private void Publish(string path, byte[] file)
    {
        _pages.Flush();
        _dataspaces.Flush();
        string unnamed = Path.Combine(Directory, ImageFormat.NewManifestFile);
        using (FileStream stream = Storage.Create(unnamed))
        {
            stream.Write(file);
            stream.Flush(flushToDisk: true);
        }

        FlushDirectory(Directory);
        // With overwriting, .NET does this by rename(2): all or nothing.
        File.Move(unnamed, path, overwrite: true);
        FlushDirectory(Directory);
        if (Path.GetDirectoryName(Directory) is { } parent)
            FlushDirectory(parent);
    }

    private void FlushDirectory(string directory)
    {
        try
        {
            _directories.Flush(directory);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new ImageStorageException(directory, $"its entries could not be made durable: {exception.Message}", exception);
        }
    }

    private ContentWriter Create(string name)
    {
        string path = Path.Combine(Directory, name);
        return Storage.Guard(path, () => new ContentWriter(path, Storage.Create(path)));
    }

    private void Discard()
    {
        try
        {
            ImageDirectory.DeleteFiles(Directory);
            EndMark();
            if (_madeDirectory)
                System.IO.Directory.Delete(Directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The mark is still there, so this is no image, and RemovePartial clears it.
            _marker.Dispose();
        }
    }

    private void EndMark()
    {
        try
        {
            File.Delete(Path.Combine(Directory, ImageFormat.PartialFile));
        }
        catch (Exception exception) when (_committed && exception is IOException or UnauthorizedAccessException)
        {
            // Harmless beside a manifest.
        }

        _marker.Dispose();
    }

    private void CheckOpen()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_committed)
            throw new InvalidOperationException("The image is committed.");
    }
}
