using Drover.Images.State;

namespace Drover.Images.Content;

/// <summary>An image and, if it is a delta image, all that it builds upon, with the content found for every page. Owns the files.</summary>
internal sealed class ImageChain : IDisposable
{
    private ImageChain(IReadOnlyList<ImageLayer> layers, ResolvedContent content)
    {
        Layers = layers;
        Content = content;
    }

    /// <summary>The image itself first, the complete one last.</summary>
    public IReadOnlyList<ImageLayer> Layers { get; }

    public ResolvedContent Content { get; }

    public static ImageChain Open(string directory)
    {
        var layers = new List<ImageLayer>();
        try
        {
            layers.Add(OpenFirst(directory));
            while (layers[^1].Decoded.Manifest.Parent is { } parent)
                layers.Add(OpenParent(layers, parent));
            return new ImageChain(layers, Resolve(layers));
        }
        catch
        {
            layers.ForEach(layer => layer.Dispose());
            throw;
        }
    }

    /// <summary>The chain of an image that builds upon another, or upon none. Takes the image over, also if it fails; the parent
    /// stays its owner's, who may dispose it before this one.</summary>
    /// <exception cref="ImageFormatException">The parent does not have what is to be inherited.</exception>
    public static ImageChain Upon(ImageLayer image, ImageChain? parent)
    {
        try
        {
            IReadOnlyList<ImageLayer> inherited = parent?.Layers ?? [];
            ParentContent? content = parent is null ? null : new ParentContent(parent.Content, parent.Layers[0].Decoded.Manifest.Domain);
            ResolvedContent resolved = ResolvedContent.Of(image.Decoded, image.ManifestPath, image.Files, content);
            return new ImageChain([image, .. inherited.Select(layer => layer.Share())], resolved);
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>Another user of the files, who disposes what it gets, once.</summary>
    public ImageChain Share() => new([.. Layers.Select(layer => layer.Share())], Content);

    public void Dispose()
    {
        foreach (ImageLayer layer in Layers)
            layer.Dispose();
    }

    private static ImageLayer OpenFirst(string directory) => ImageDirectory.HoldsImage(directory)
        ? ImageLayer.Open(directory)
        : throw new ImageStorageException(directory, $"is not an image: it has no file \"{ImageFormat.ManifestFile}\".");

    private static ImageLayer OpenParent(List<ImageLayer> layers, ParentImage parent)
    {
        ImageLayer child = layers[^1];
        string directory = Path.GetFullPath(parent.Path, child.Directory);
        if (layers.Count == ImageFormat.LongestChain)
            throw new ImageStorageException(layers[0].Directory, $"builds upon more than {ImageFormat.LongestChain - 1} other images. Merge them first.");
        if (!ImageDirectory.HoldsImage(directory))
            throw new ImageStorageException(child.Directory, $"is a delta image; its parent {directory} is not there. Bring it back, or use an image that does not need it.");
        // Each would be read again and again until the chain is too long.
        if (layers.Any(earlier => earlier.Decoded.Manifest.ImageId == parent.Id))
            throw new ImageFormatException(child.ManifestPath, 0, "parent.id", "that of an image that does not build upon this one", $"{parent.Id}, a circle");
        ImageLayer layer = ImageLayer.Open(directory);
        if (Mismatch(child.Decoded.Manifest, layer.Decoded.Manifest, parent) is not { } mismatch)
            return layer;
        layer.Dispose();
        throw new ImageFormatException(layer.ManifestPath, 0, $"{mismatch.Subject} of the parent of {child.Directory}", mismatch.Expected, mismatch.Found);
    }

    private static (string Subject, string Expected, string Found)? Mismatch(ImageManifest child, ImageManifest found, ParentImage parent)
    {
        if (found.ImageId != parent.Id)
            return ("imageId", $"{parent.Id}", found.ImageId is { } id ? $"{id}" : "none");
        // Only within one instance do equal badges name one dataspace.
        return found.Incarnation == child.Incarnation ? null : ("incarnation", $"{child.Incarnation}", $"{found.Incarnation}");
    }

    private static ResolvedContent Resolve(List<ImageLayer> layers)
    {
        ParentContent? parent = null;
        for (int i = layers.Count - 1; ; i--)
        {
            ImageLayer layer = layers[i];
            ResolvedContent content = ResolvedContent.Of(layer.Decoded, layer.ManifestPath, layer.Files, parent);
            if (i == 0)
                return content;
            parent = new ParentContent(content, layer.Decoded.Manifest.Domain);
        }
    }
}
