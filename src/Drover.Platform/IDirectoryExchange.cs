namespace Drover.Platform;

/// <summary>Lets two directories trade their names at once, which .NET cannot ask for itself.</summary>
public interface IDirectoryExchange
{
    /// <summary>Both names exist at every moment, each for the one or the other directory (renameat2(2), RENAME_EXCHANGE).
    /// Durable once the directory that holds them has been flushed.</summary>
    /// <exception cref="IOException">One of them is absent, or the file system cannot do it.</exception>
    void Exchange(string one, string other);
}
