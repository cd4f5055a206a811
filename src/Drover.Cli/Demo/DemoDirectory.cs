namespace Drover.Cli.Demo;

/// <summary>
/// A directory for sockets and image of one demo. A lock in it lasts as long as the demo's process, however that ends;
/// directories that a killed demo left are removed by the next one.
/// </summary>
internal sealed class DemoDirectory : IDisposable
{
    private const string Prefix = "drover-demo-";
    private const string LockName = "lock";

    private readonly FileStream _lock;
    private readonly bool _keep;

    private DemoDirectory(string path, FileStream held, bool keep)
    {
        Path = path;
        _lock = held;
        _keep = keep;
    }

    public string Path { get; }

    /// <param name="keep">Leave the directory where it is.</param>
    public static DemoDirectory Create(bool keep)
    {
        foreach (string left in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
            RemoveIfLeft(left);
        string path = Directory.CreateTempSubdirectory(Prefix).FullName;
        return new DemoDirectory(path, Lock(path, FileMode.CreateNew), keep);
    }

    public void Dispose()
    {
        if (_keep)
        {
            // Without the lock it is nobody's to remove.
            File.Delete(_lock.Name);
        }
        else
        {
            Directory.Delete(Path, recursive: true);
        }

        _lock.Dispose();
    }

    private static void RemoveIfLeft(string path)
    {
        try
        {
            using FileStream held = Lock(path, FileMode.Open);
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Being made, in use, kept, or another user's.
        }
    }

    /// <summary>FileShare.None is an exclusive flock(2), which the kernel drops with the process.</summary>
    private static FileStream Lock(string directory, FileMode mode) =>
        new(System.IO.Path.Combine(directory, LockName), mode, FileAccess.ReadWrite, FileShare.None);
}
