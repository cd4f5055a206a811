using Drover.Node.Operations;

namespace Drover.Node.Api;

/// <summary>
/// The right to listen at a path. A lock file beside the socket says whether a live node has it: the kernel drops the
/// lock when a node dies, however it dies, so a socket without a lock is one that a killed node left behind.
/// </summary>
internal sealed class NodeSocket : IDisposable
{
    private const UnixFileMode OwnerOnlyDirectory =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _lock;

    private NodeSocket(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>Takes the path, clearing what a killed node left there.</summary>
    public static NodeSocket Claim(string path)
    {
        PrepareDirectory(System.IO.Path.GetDirectoryName(path)!);
        FileStream held = Lock(path);
        try
        {
            RemoveStale(path);
            return new NodeSocket(path, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Closes the socket to other users; to be called once it is bound.</summary>
    public void Restrict() => File.SetUnixFileMode(Path, OwnerOnlyFile);

    public void Dispose()
    {
        // Under the lock, so that no other node can have bound the path meanwhile.
        File.Delete(Path);
        File.Delete(LockPath(Path));
        _lock.Dispose();
    }

    private static string LockPath(string path) => path + ".lock";

    private static void PrepareDirectory(string directory)
    {
        try
        {
            if (!Directory.Exists(directory))
            {
                Directory.CreateDirectory(directory, OwnerOnlyDirectory);
                return;
            }

            if (directory != NodeSocketPath.DefaultDirectory())
                return;

            // The default directory may lie in /tmp, where another user can have made it first. Only its owner can
            // change its mode (chmod(2)), and a link could lead anywhere.
            if (new DirectoryInfo(directory).LinkTarget is not null)
                throw new UnauthorizedAccessException("It is a symbolic link.");
            File.SetUnixFileMode(directory, OwnerOnlyDirectory);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new NodeOperationException(
                NodeErrorCode.NotPermitted,
                $"The directory '{directory}' cannot hold the node's socket: {e.Message}",
                "Give a path in a directory of your own with --socket.",
                e);
        }
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return TakeLock(path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new NodeOperationException(
                NodeErrorCode.NotPermitted,
                $"The node may not make '{LockPath(path)}': {e.Message}",
                "Give a path in a directory of your own with --socket.",
                e);
        }
        catch (IOException e)
        {
            throw new NodeOperationException(
                NodeErrorCode.SocketInUse,
                $"Another node listens at '{path}'.",
                "Stop it, or give this one another --name or --socket.",
                e);
        }
    }

    private static FileStream TakeLock(string path)
    {
        while (true)
        {
            // FileShare.None takes an exclusive flock(2) and throws if somebody holds it.
            var held = new FileStream(LockPath(path), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = OwnerOnlyFile,
            });

            // A node that ended between our open and our flock has removed the name of the file we locked.
            string? name = File.ResolveLinkTarget($"/proc/self/fd/{held.SafeFileHandle.DangerousGetHandle()}", false)
                ?.FullName;
            if (name is not null && !name.EndsWith(" (deleted)", StringComparison.Ordinal))
                return held;
            held.Dispose();
        }
    }

    private static void RemoveStale(string path)
    {
        // A socket has no length; a file that has one is somebody's data.
        if (Directory.Exists(path) || (File.Exists(path) && new FileInfo(path).Length > 0))
        {
            throw new NodeOperationException(
                NodeErrorCode.InvalidRequest,
                $"'{path}' is there already and is no socket.",
                "Give another path with --socket.");
        }

        File.Delete(path);
    }
}
