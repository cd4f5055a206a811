using Drover.Images.State;
using Drover.Platform;

namespace Drover.Images;

/// <summary>Fills fresh dataspaces.</summary>
public static class DataspaceFill
{
    /// <summary>Fills the memory of a fresh dataspace, by several threads if it is large. Throws <see cref="ImageFormatException"/> for a damaged page.</summary>
    public static void CopyDataspace(this IImageContent image, ObjectId dataspace, ISharedMemory target)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(target);
        IPageSource content = image.Dataspace(dataspace);
        PageRun[] inside =
        [
            .. from run in content.Runs
               where run.Address < target.LengthBytes
               select new PageRun(run.Address, Math.Min(run.End, target.LengthBytes) - run.Address),
        ];
        PageParts.ForEach(inside, () => part => content.Read(part.Address, target.Span(part.Address, (int)part.LengthBytes)));
    }
}
