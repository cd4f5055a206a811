using Drover.Images.Group;

namespace Drover.Images;

/// <summary>The mark of a directory that is being written: as long as it is there, what lies beside it is no image. Whoever claimed the
/// directory ends it, in one way or the other, once.</summary>
internal sealed class PartialMark
{
    private readonly string _directory;
    private readonly bool _madeDirectory;
    private readonly FileStream _marker;

    private PartialMark(string directory, bool madeDirectory, FileStream marker)
    {
        _directory = directory;
        _madeDirectory = madeDirectory;
        _marker = marker;
    }

    /// <summary>Takes a directory, which must be absent, empty, or hold what a writer that died left there.</summary>
    public static PartialMark Claim(string directory)
    {
        (FileStream marker, bool made) = Storage.Guard(directory, () => ImageDirectory.Claim(directory));
        return new PartialMark(directory, made, marker);
    }

    /// <summary>The image is whole.</summary>
    public void End()
    {
        try
        {
            Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Harmless beside a manifest.
        }

        _marker.Dispose();
    }

    /// <summary>There is to be no image.</summary>
    /// <param name="deleteFiles">Deletes what was written into the directory.</param>
    public void Discard(Action<string> deleteFiles)
    {
        try
        {
            deleteFiles(_directory);
            Delete();
            _marker.Dispose();
            if (_madeDirectory)
                Directory.Delete(_directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The mark is still there, so this is no image, and RemovePartial clears it.
            _marker.Dispose();
        }
    }

    private void Delete()
    {
        File.Delete(Path.Combine(_directory, GroupFormat.MembersFile));
        File.Delete(Path.Combine(_directory, ImageFormat.PartialFile));
    }
}
