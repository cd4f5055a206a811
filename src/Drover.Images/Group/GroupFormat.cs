namespace Drover.Images.Group;

/// <summary>Names, numbers and limits of images of several components; docs/image-format.md explains them.</summary>
public static class GroupFormat
{
    public const uint Version = 1;

    /// <summary>Makes a directory a group image.</summary>
    public const string ManifestFile = "group";

    public const int MaxMembers = 64;

    internal const string NewManifestFile = "group.new";

    /// <summary>Names the members' folders while the group is being written: what to clear if its writer dies.</summary>
    internal const string MembersFile = "group.members";

    internal const int MaxPayloadBytes = 1 << 20;

    private const int MaxFolderLength = 64;

    internal static ReadOnlySpan<byte> Magic => [0x89, (byte)'D', (byte)'R', (byte)'G', (byte)'R', (byte)'O', (byte)'U', (byte)'\n'];

    /// <summary>Letters, digits, '-', '_' and '.', not beginning with '.', and not the name of a file of the group: a path out
    /// of the directory cannot be said.</summary>
    internal static bool IsFolder(string name) =>
        name.Length is > 0 and <= MaxFolderLength
        && name[0] != '.'
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
        && name is not (ManifestFile or NewManifestFile or MembersFile or ImageFormat.PartialFile or ImageFormat.ManifestFile or ImageFormat.NewManifestFile
            or ImageFormat.PagesFile or ImageFormat.DataspacesFile);
}
