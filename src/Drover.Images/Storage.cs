using Drover.Platform;
using Drover.Platform.Faults;
using Microsoft.Win32.SafeHandles;

namespace Drover.Images;

/// <summary>Files of an image, and what their failures are called.</summary>
internal static class Storage
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a file that must not exist, for this user only.</summary>
    public static FileStream Create(string path) => Open(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);

    /// <summary>Opens for reading a file that must exist and has a length by <see cref="LengthOf"/>.</summary>
    public static SafeFileHandle OpenRead(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);

    /// <summary>The length of a file, without opening it; 0 for what is no file. To open a FIFO would mean to wait for who writes to
    /// it, and to open a device may do anything; both have no length.</summary>
    public static long LengthOf(string path)
    {
        FileSystemInfo file = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
        return file is FileInfo { Exists: true } found ? found.Length : 0;
    }

    /// <summary>Opens or makes a file and locks it (flock(2)): one holder at a time, on this machine.</summary>
    public static FileStream Lock(string path, FileMode mode) => Open(path, mode, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Writes a file durably: it appears under its name whole, or not at all.</summary>
    public static void Publish(IDirectoryFlush directories, string directory, string unnamed, string name, byte[] file, FaultPoints faults)
    {
        faults.Reach(FaultPoint.CheckpointWriteManifest);
        string before = Path.Combine(directory, unnamed);
        using (FileStream stream = Create(before))
        {
            stream.Write(file);
            stream.Flush(flushToDisk: true);
        }

        Flush(directories, directory);
        faults.Reach(FaultPoint.CheckpointNameManifest);
        // With overwriting, .NET does this by rename(2): all or nothing.
        File.Move(before, Path.Combine(directory, name), overwrite: true);
        faults.Reach(FaultPoint.CheckpointFlushName);
        Flush(directories, directory);
        if (Path.GetDirectoryName(directory) is { } parent)
            Flush(directories, parent);
    }

    public static void Guard(string path, Action action) => Guard(path, () =>
    {
        action();
        return true;
    });

    public static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ImageStorageException)
        {
            throw;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ImageStorageException(path, exception.Message, exception);
        }
    }

    public static void WriteAt(string path, SafeFileHandle file, ReadOnlySpan<byte> content, long offset)
    {
        try
        {
            RandomAccess.Write(file, content, offset);
        }
        catch (IOException exception)
        {
            throw new ImageStorageException(path, exception.Message, exception);
        }
    }

    /// <summary>Fills the destination.</summary>
    public static void ReadAt(string path, SafeFileHandle file, Span<byte> destination, long offset)
    {
        try
        {
            for (int at = 0; at < destination.Length;)
            {
                int got = RandomAccess.Read(file, destination[at..], offset + at);
                if (got == 0)
                    throw new EndOfStreamException($"it ends at {offset + at}");
                at += got;
            }
        }
        catch (IOException exception)
        {
            throw new ImageStorageException(path, exception.Message, exception);
        }
    }

    /// <summary>Makes the names in a directory durable.</summary>
    public static void Flush(IDirectoryFlush directories, string directory)
    {
        try
        {
            directories.Flush(directory);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new ImageStorageException(directory, $"its entries could not be made durable: {exception.Message}", exception);
        }
    }

    private static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }
}
