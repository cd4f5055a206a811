namespace Drover.Images.Group;

/// <summary>An image of several components that was found to be whole, but for the content of pages. See
/// <see cref="ImageReader"/> for its members. Any thread may read.</summary>
public sealed class GroupReader : IDisposable
{
    private GroupReader(string directory, GroupManifest manifest, IReadOnlyList<ImageReader> members)
    {
        Directory = directory;
        Manifest = manifest;
        Members = members;
    }

    /// <summary>Absolute path of the group image.</summary>
    public string Directory { get; }

    public GroupManifest Manifest { get; }

    /// <summary>In the manifest's order. Owned by this reader.</summary>
    public IReadOnlyList<ImageReader> Members { get; }

    /// <summary>Opens a group image and all its members. Throws <see cref="ImageFormatException"/> if it is not whole and
    /// <see cref="ImageStorageException"/> if there is none or it cannot be read.</summary>
    public static GroupReader Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string path = Path.GetFullPath(directory);
        string manifestPath = Path.Combine(path, GroupFormat.ManifestFile);
        if (!File.Exists(manifestPath))
            throw new ImageStorageException(path, $"is no image of a group: it has no file \"{GroupFormat.ManifestFile}\".");
        byte[] file = Storage.Guard(manifestPath, () => ReadManifest(manifestPath));
        GroupManifest manifest = GroupCodec.Decode(manifestPath, file);
        List<ImageReader> members = [];
        try
        {
            foreach (GroupMember member in manifest.Members)
                members.Add(Open(manifestPath, path, member));
            CheckInstances(manifestPath, members);
            return new GroupReader(path, manifest, members);
        }
        catch
        {
            members.ForEach(member => member.Dispose());
            throw;
        }
    }

    /// <summary>Reads all content for its checksums.</summary>
    public void VerifyPages(CancellationToken cancel = default)
    {
        foreach (ImageReader member in Members)
            member.VerifyPages(cancel);
    }

    public void Dispose()
    {
        foreach (ImageReader member in Members)
            member.Dispose();
    }

    private static ImageReader Open(string manifestPath, string directory, GroupMember member)
    {
        string folder = Path.Combine(directory, member.Folder);
        if (!ImageDirectory.HoldsImage(folder))
            throw new ImageFormatException(manifestPath, GroupCodec.HeaderBytes, $"member \"{member.Name}\"", $"an image in {folder}", "none");
        ImageReader image = ImageReader.Open(folder);
        try
        {
            if (image.ManifestSha256 != member.ManifestSha256)
                throw new ImageFormatException(Path.Combine(folder, ImageFormat.ManifestFile), 0, "SHA-256 of the member's manifest", member.ManifestSha256, image.ManifestSha256);
            if (image.Manifest.ComponentName != member.Name)
                throw new ImageFormatException(manifestPath, GroupCodec.HeaderBytes, $"member \"{member.Name}\"", "an image of that component", $"one of \"{image.Manifest.ComponentName}\"");
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    private static void CheckInstances(string manifestPath, List<ImageReader> members)
    {
        HashSet<ulong> incarnations = [];
        foreach (ImageReader member in members)
        {
            if (!incarnations.Add(member.Manifest.Incarnation))
                throw new ImageFormatException(manifestPath, GroupCodec.HeaderBytes, "members", "images of different instances", $"two of {member.Manifest.Incarnation:x16}");
        }
    }

    private static byte[] ReadManifest(string path)
    {
        const int Most = GroupCodec.HeaderBytes + GroupFormat.MaxPayloadBytes + 4096;
        long length = Storage.LengthOf(path);
        if (length is < GroupCodec.HeaderBytes or > Most)
            throw new ImageFormatException(path, 0, "length of the group manifest", $"{GroupCodec.HeaderBytes} to {Most}", $"{length}");
        using FileStream stream = new(Storage.OpenRead(path), FileAccess.Read);
        byte[] file = new byte[length];
        stream.ReadExactly(file);
        return file;
    }
}
