namespace Drover.Images;

/// <summary>An image is damaged, forged, or of a format that this library does not read.</summary>
public sealed class ImageFormatException : Exception
{
    public ImageFormatException(string file, long offsetBytes, string subject, string expected, string found, Exception? inner = null)
        : base($"{file}, offset {offsetBytes}: {subject}: expected {expected}, found {found}", inner)
    {
        File = file;
        OffsetBytes = offsetBytes;
        Subject = subject;
        Expected = expected;
        Found = found;
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>Where in the file; for what the payload says, where the payload begins.</summary>
    public long OffsetBytes { get; }

    /// <summary>What is wrong, such as "domain.capabilities[3].selector".</summary>
    public string Subject { get; }

    public string Expected { get; }

    public string Found { get; }
}
