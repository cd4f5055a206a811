namespace Drover.Images;

/// <summary>Bounds of what a reader accepts, so that a forged count costs nothing. A writer refuses to go beyond.</summary>
internal static class ImageLimits
{
    public const int PayloadBytes = 128 << 20;

    /// <summary>Segments of one content file.</summary>
    public const int Segments = 1 << 21;

    /// <summary>Stored pages of one content file: 256 GiB.</summary>
    public const int StoredPages = 1 << 26;

    public const int Selectors = 1 << 20;

    public const int Objects = 1 << 21;

    public const int Attachments = 1 << 20;

    public const int Mappings = 1 << 20;

    public const int Threads = 1 << 16;

    public const int Descriptors = 1 << 16;

    public const int PendingSignals = 1 << 16;

    public const int Sessions = 1 << 16;

    /// <summary>Entries of any other list.</summary>
    public const int Entries = 1 << 16;

    public const int Entrypoints = 64;

    /// <summary>Capabilities of one message.</summary>
    public const int MessageCapabilities = 16;

    public const int StringLength = 128 << 10;

    /// <summary>Bytes in a pipe or a synthetic file.</summary>
    public const int DescriptorContentBytes = 16 << 20;

    /// <summary>Above the 11008 bytes of an XSAVE area with AMX.</summary>
    public const int ExtendedStateBytes = 64 << 10;

    public const ulong DataspaceBytes = 1UL << 46;
}
