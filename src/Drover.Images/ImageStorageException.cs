namespace Drover.Images;

/// <summary>An image could not be written, found or read because of its surroundings: no such directory, no permission,
/// no space. The message says what to do about it where that is known.</summary>
public sealed class ImageStorageException : IOException
{
    public ImageStorageException(string path, string problem, Exception? inner = null)
        : base($"{path}: {problem}", inner)
    {
        Path = path;
    }

    public string Path { get; }
}
