namespace Drover.Node.Operations;

/// <summary>What came of checking an image from end to end, or of merging a chain of them.</summary>
public sealed record ImageReport
{
    /// <summary>Name of the component that it holds.</summary>
    public required string Component { get; init; }

    /// <summary>Name of the node that wrote it.</summary>
    public required string Node { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>The image and those that it builds upon, the complete one last.</summary>
    public required IReadOnlyList<ImageInfo> Chain { get; init; }

    /// <summary>The complete image that the chain was merged into, if it was.</summary>
    public ImageInfo? Merged { get; init; }

    /// <summary>Milliseconds that it took.</summary>
    public required double TotalMs { get; init; }
}
