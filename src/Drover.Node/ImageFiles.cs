using System.Diagnostics;
using Drover.Images;
using Drover.Linux.Files;
using Drover.Node.Operations;

namespace Drover.Node;

/// <summary>Work on images that needs no component and no node.</summary>
public static class ImageFiles
{
    /// <summary>Reads all of an image and of what it builds upon, and compares every checksum.</summary>
    /// <exception cref="NodeOperationException">There is none, or something in it is damaged.</exception>
    public static ImageReport Verify(string directory, CancellationToken cancel = default)
    {
        long start = Stopwatch.GetTimestamp();
        using ImageReader image = NodeRuntime.OpenImage(directory);
        try
        {
            image.VerifyPages(cancel);
        }
        catch (Exception failure) when (failure is ImageFormatException or IOException)
        {
            throw Failures.Explain(failure, directory);
        }

        return Describe(image, start);
    }

    /// <summary>Writes what a delta image and those that it builds upon hold into one complete image. They stay as they are.</summary>
    /// <exception cref="NodeOperationException">The chain is damaged, or the image cannot be written there.</exception>
    public static async Task<ImageReport> MergeAsync(string directory, string target, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        long start = Stopwatch.GetTimestamp();
        using ImageReader image = NodeRuntime.OpenImage(directory);
        try
        {
            long bytes = await ImageMerge.WriteAsync(image, target, new DirectoryFlush(), cancel).ConfigureAwait(false);
            return Describe(image, start) with { Merged = new ImageInfo(Path.GetFullPath(target), bytes) };
        }
        catch (Exception failure) when (failure is ImageFormatException or IOException or UnauthorizedAccessException)
        {
            throw Failures.Explain(failure, directory);
        }
    }

    private static ImageReport Describe(ImageReader image, long start) => new()
    {
        Component = image.Manifest.ComponentName,
        Node = image.Manifest.NodeName,
        Created = image.Manifest.Created,
        Chain = [.. image.Chain.Select(directory => new ImageInfo(directory, BytesOf(directory)))],
        TotalMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds,
    };

    private static long BytesOf(string directory) => new DirectoryInfo(directory).EnumerateFiles().Sum(file => file.Length);
}
