using Drover.Images;

namespace Drover.Node;

/// <summary>
/// Remembers, in a file, the images that are being written: a node that was killed cannot clear what it had begun, so
/// its successor at the same socket does. Thread-safe.
/// </summary>
internal sealed class ImageJournal
{
    private readonly string? _path;
    private readonly Lock _lock = new();
    private readonly List<string> _writing = []; // guarded by _lock

    /// <param name="path">The file, or null to remember nothing.</param>
    public ImageJournal(string? path)
    {
        _path = path;
    }

    /// <summary>Deletes what a predecessor left of unfinished images; whole images and those that somebody is writing
    /// stay. What cannot be cleared now is left.</summary>
    public IReadOnlyList<string> ClearLeftovers()
    {
        if (_path is null || !File.Exists(_path))
            return [];
        List<string> cleared = [];
        foreach (string parent in File.ReadAllLines(_path).Select(Path.GetDirectoryName).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            try
            {
                cleared.AddRange(ImageDirectory.RemovePartial(parent));
            }
            catch (IOException)
            {
                // The disk of the images may not be there any more, which must not keep a node from starting.
            }
        }

        return cleared;
    }

    /// <summary>Notes an image until the result is disposed.</summary>
    public IDisposable Note(string directory)
    {
        lock (_lock)
        {
            _writing.Add(directory);
            Store();
        }

        return new Entry(this, directory);
    }

    private void Forget(string directory)
    {
        lock (_lock)
        {
            _writing.Remove(directory);
            Store();
        }
    }

    // Under _lock.
    private void Store()
    {
        if (_path is null)
            return;
        if (_writing.Count == 0)
            File.Delete(_path);
        else
            File.WriteAllLines(_path, _writing);
    }

    private sealed class Entry(ImageJournal journal, string directory) : IDisposable
    {
        public void Dispose() => journal.Forget(directory);
    }
}
