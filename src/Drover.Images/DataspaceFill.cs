using Drover.Images.State;
using Drover.Platform;

namespace Drover.Images;

/// <summary>Fills fresh dataspaces.</summary>
public static class DataspaceFill
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Fills the memory of a fresh dataspace. Throws <see cref="ImageFormatException"/> for a damaged page.</summary>
    public static void CopyDataspace(this IImageContent image, ObjectId dataspace, ISharedMemory target)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(target);
        IPageSource content = image.Dataspace(dataspace);
        foreach (PageRun run in content.Runs)
        {
            ulong end = Math.Min(run.End, target.LengthBytes);
            for (ulong offset = run.Address; offset < end;)
            {
                int length = (int)Math.Min(end - offset, ChunkBytes);
                content.Read(offset, target.Span(offset, length));
                offset += (ulong)length;
            }
        }
    }
}
