namespace Drover.Images.Group;

/// <summary>What an image of several components says of them as a whole.</summary>
public sealed record GroupManifest
{
    public required DateTimeOffset Created { get; init; }

    /// <summary>Name of the node that wrote the image.</summary>
    public required string NodeName { get; init; }

    /// <summary>In the order in which they are restored.</summary>
    public required IReadOnlyList<GroupMember> Members { get; init; }
}

/// <param name="Name">Of the component.</param>
/// <param name="Folder">Name of the directory, below that of the group, in which its image lies.</param>
/// <param name="ManifestSha256">The hash that ends the member's manifest: 64 lower-case hexadecimal digits.</param>
public sealed record GroupMember(string Name, string Folder, string ManifestSha256);
