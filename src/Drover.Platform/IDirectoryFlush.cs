namespace Drover.Platform;

/// <summary>Makes changes of directories durable, which .NET cannot ask for itself.</summary>
public interface IDirectoryFlush
{
    /// <summary>Returns when the names in the directory are on the disk (fsync(2) on the directory).</summary>
    void Flush(string directory);
}
