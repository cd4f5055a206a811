using Drover.Images.State;
using Drover.Platform;

namespace Drover.Images;

/// <summary>Makes one complete image of a chain of delta images.</summary>
public static class ImageMerge
{
    /// <summary>Writes what the chain holds into a new directory. The result has the id of the chain's last image, so that delta
    /// images that build upon that one can build upon it. The chain is not changed. Gives the bytes written.</summary>
    /// <param name="chain">The last image of the chain; stays the caller's.</param>
    /// <param name="directory">Path of the new image; see <see cref="ImageWriter.Begin"/>.</param>
    /// <param name="directories">Makes names durable.</param>
    /// <param name="cancel">Ends the writing; nothing of the new image is left.</param>
    /// <exception cref="ImageFormatException">A page of the chain is damaged.</exception>
    /// <exception cref="ImageStorageException">The chain cannot be read or the image not be written.</exception>
    public static async Task<long> WriteAsync(ImageReader chain, string directory, IDirectoryFlush directories, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(chain);
        await using ImageWriter writer = ImageWriter.Begin(directory, directories);
        writer.Compress = chain.Manifest.Compression is not null;
        writer.WritePages(chain.WholeMemory(), cancel);
        foreach (ObjectState entry in chain.Manifest.Domain.Objects)
        {
            if (chain.WholeDataspace(entry.Id) is { Runs.Count: > 0 } content)
                writer.WriteDataspace(entry.Id, content, cancel);
        }

        await writer.CommitAsync(chain.Manifest with { Parent = null }, cancel).ConfigureAwait(false);
        return writer.LengthBytes;
    }
}
