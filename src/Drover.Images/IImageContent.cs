using Drover.Images.State;
using Drover.Platform;

namespace Drover.Images;

/// <summary>Everything that a component is built from, wherever it lies: in the files of an image, or in memory.</summary>
public interface IImageContent
{
    /// <summary>Where it lies, for messages to people.</summary>
    string Place { get; }

    ImageManifest Manifest { get; }

    /// <summary>What of the private memory is to be filled: all that differs from fresh mappings.</summary>
    IPageSource Memory { get; }

    /// <summary>The content of a dataspace by offset; without runs if nothing of it was ever written.</summary>
    IPageSource Dataspace(ObjectId dataspace);
}
