using Drover.Images;
using Drover.Images.Group;
using Drover.Node.Operations;

namespace Drover.Node;

/// <summary>What a command can learn of images by itself, without a node.</summary>
public static class NodeImages
{
    /// <summary>True if in the directory there is the image of a group of components.</summary>
    public static bool IsGroup(string directory) => ImageDirectory.HoldsGroup(directory);

    /// <summary>The directories of the members' images, after the group was found to be whole.</summary>
    /// <exception cref="NodeOperationException">It is damaged.</exception>
    public static IReadOnlyList<string> Members(string directory)
    {
        try
        {
            using GroupReader group = GroupReader.Open(directory);
            return [.. group.Members.Select(member => member.Directory)];
        }
        catch (Exception failure) when (failure is ImageFormatException or IOException or UnauthorizedAccessException)
        {
            throw Failures.Explain(failure, directory);
        }
    }
}
