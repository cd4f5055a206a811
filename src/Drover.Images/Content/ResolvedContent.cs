using Drover.Images.Format;
using Drover.Images.State;

namespace Drover.Images.Content;

/// <summary>The content of an image with all that it inherits. The arrays ascend by address.</summary>
internal sealed record ResolvedContent(ResolvedSegment[] Memory, IReadOnlyDictionary<ObjectId, ResolvedSegment[]> Dataspaces)
{
    /// <summary>Finds the content of each segment of an image.</summary>
    /// <param name="decoded">The image; its indices have been validated.</param>
    /// <param name="path">Of its manifest, for messages.</param>
    /// <param name="files">Its content files; null to check only that everything inherited is there.</param>
    /// <param name="parent">What it may inherit from.</param>
    /// <exception cref="ImageFormatException">The parent does not have what is to be inherited.</exception>
    public static ResolvedContent Of(DecodedManifest decoded, string path, LayerFiles? files, ParentContent? parent)
    {
        var pages = new SegmentResolver(path, decoded.Pages, decoded.PagesOffset, files?.Pages);
        ResolvedSegment[] memory = pages.Resolve(0, decoded.Pages.Segments.Length, parent?.Content.Memory);
        var dataspaces = new SegmentResolver(path, decoded.Dataspaces, decoded.DataspacesOffset, files?.Dataspaces);
        Segment[] segments = decoded.Dataspaces.Segments;
        DomainState domain = decoded.Manifest.Domain;
        Dictionary<ObjectId, ulong> badges = parent is null ? [] : domain.Objects.ToDictionary(entry => entry.Id, entry => entry.Badge);
        var contents = new Dictionary<ObjectId, ResolvedSegment[]>();
        for (int first = 0; first < segments.Length;)
        {
            int end = first + 1;
            while (end < segments.Length && segments[end].Owner == segments[first].Owner)
                end++;
            var owner = new ObjectId(segments[first].Owner);
            contents.Add(owner, dataspaces.Resolve(first, end, parent?.Of(badges[owner], owner == domain.UtcbDataspace)));
            first = end;
        }

        return new ResolvedContent(memory, contents);
    }
}

/// <summary>The content of a parent image, and which of its dataspaces is which. Both images are of one instance, so that
/// equal badges mean one dataspace.</summary>
internal sealed class ParentContent(ResolvedContent content, DomainState domain)
{
    private readonly Dictionary<ulong, ObjectId> _byBadge = domain.Objects
        .Where(entry => entry.Dataspace is not null && entry.Id != domain.UtcbDataspace)
        .GroupBy(entry => entry.Badge)
        .ToDictionary(same => same.Key, same => same.First().Id);

    public ResolvedContent Content { get; } = content;

    /// <summary>What the parent has for a dataspace of the child; empty if nothing.</summary>
    public ResolvedSegment[] Of(ulong badge, bool isUtcbArea)
    {
        ObjectId inParent = domain.UtcbDataspace;
        if (!isUtcbArea && !_byBadge.TryGetValue(badge, out inParent))
            return [];
        return Content.Dataspaces.GetValueOrDefault(inParent, []);
    }
}
