using Drover.Platform;
using Drover.Platform.Faults;

namespace Drover.Images.Group;

/// <summary>
/// Writes one image of several components: an ordinary image of each below the directory, then the group's manifest, before
/// which no group image exists. Disposing without a commit deletes everything. Not thread safe.
/// </summary>
public sealed class GroupWriter : IAsyncDisposable, IDisposable
{
    private readonly IDirectoryFlush _directories;
    private readonly PartialMark _mark;
    private readonly List<(string Name, string Folder, ImageWriter Image)> _members = [];
    private bool _committed;
    private bool _disposed;

    private GroupWriter(string directory, IDirectoryFlush directories, PartialMark mark)
    {
        Directory = directory;
        _directories = directories;
        _mark = mark;
    }

    /// <summary>Absolute path of the group image.</summary>
    public string Directory { get; }

    /// <summary>Bytes of all files of the image; 0 before the commit.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>Takes the directory as <see cref="ImageWriter.Begin"/> does.</summary>
    public static GroupWriter Begin(string directory, IDirectoryFlush directories)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(directories);
        string path = Path.GetFullPath(directory);
        return new GroupWriter(path, directories, PartialMark.Claim(path));
    }

    /// <summary>Begins the image of one component. Owned by this writer; to be committed before the group is.</summary>
    public ImageWriter Add(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_members.Count == GroupFormat.MaxMembers)
            throw new InvalidOperationException($"A group has at most {GroupFormat.MaxMembers} members.");
        string folder = GroupFormat.IsFolder(name) ? name : $"member-{_members.Count}";
        string members = Path.Combine(Directory, GroupFormat.MembersFile);
        Storage.Guard(members, () => File.AppendAllText(members, folder + '\n'));
        ImageWriter image = ImageWriter.Begin(Path.Combine(Directory, folder), _directories);
        _members.Add((name, folder, image));
        return image;
    }

    /// <summary>Makes the group image exist, durably.</summary>
    public Task CommitAsync(DateTimeOffset created, string nodeName, CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_committed)
            throw new InvalidOperationException("The image is committed.");
        return Task.Run(() => Commit(created, nodeName, cancel), cancel);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach ((_, _, ImageWriter image) in _members)
            image.Dispose();
        if (_committed)
            _mark.End();
        else
            _mark.Discard(ImageDirectory.DeleteGroup);
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Commit(DateTimeOffset created, string nodeName, CancellationToken cancel)
    {
        string path = Path.Combine(Directory, GroupFormat.ManifestFile);
        GroupManifest manifest = new()
        {
            Created = created,
            NodeName = nodeName,
            Members = [.. _members.Select(member => new GroupMember(member.Name, member.Folder, HashOf(member.Image)))],
        };
        byte[] file = GroupCodec.Encode(path, manifest);
        cancel.ThrowIfCancellationRequested();
        Storage.Guard(path, () => Storage.Publish(_directories, Directory, GroupFormat.NewManifestFile, GroupFormat.ManifestFile, file, new FaultPoints()));
        _committed = true;
        LengthBytes = file.Length + _members.Sum(member => member.Image.LengthBytes);
    }

    private static string HashOf(ImageWriter image) =>
        image.ManifestSha256 ?? throw new InvalidOperationException($"The image {image.Directory} is not committed.");
}
