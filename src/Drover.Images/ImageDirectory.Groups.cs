using Drover.Images.Group;

namespace Drover.Images;

/// <summary>Directories of several components' images.</summary>
public static partial class ImageDirectory
{
    /// <summary>True if there is an image of a group, whole or damaged: it has a group manifest.</summary>
    public static bool HoldsGroup(string directory) => File.Exists(Path.Combine(directory, GroupFormat.ManifestFile));

    /// <summary>Deletes the files that a writer makes, of a group with those of its members, but for the mark, which goes last.</summary>
    internal static void DeleteGroup(string directory)
    {
        File.Delete(Path.Combine(directory, GroupFormat.ManifestFile));
        File.Delete(Path.Combine(directory, GroupFormat.NewManifestFile));
        foreach (string member in MembersOf(directory).Select(folder => Path.Combine(directory, folder)).Where(Directory.Exists))
        {
            DeleteFiles(member);
            File.Delete(Path.Combine(member, ImageFormat.PartialFile));
            DeleteIfEmpty(member);
        }

        File.Delete(Path.Combine(directory, GroupFormat.MembersFile));
        DeleteFiles(directory);
    }

    /// <summary>The folders that a writer of a group noted before it made them: no other is deleted.</summary>
    private static IReadOnlyList<string> MembersOf(string directory)
    {
        string noted = Path.Combine(directory, GroupFormat.MembersFile);
        return File.Exists(noted) ? [.. File.ReadLines(noted).Take(GroupFormat.MaxMembers).Where(GroupFormat.IsFolder)] : [];
    }
}
