using Drover.Images.Group;

namespace Drover.Images;

/// <summary>Directories as places of images.</summary>
public static partial class ImageDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>True if there is an image, whole or damaged: it has a manifest.</summary>
    public static bool HoldsImage(string directory) => File.Exists(Path.Combine(directory, ImageFormat.ManifestFile));

    /// <summary>Deletes what writers that died left in the directories directly below <paramref name="parent"/>; images
    /// that are being written stay. Gives the paths that were cleared.</summary>
    public static IReadOnlyList<string> RemovePartial(string parent)
    {
        ArgumentException.ThrowIfNullOrEmpty(parent);
        string path = Path.GetFullPath(parent);
        return Storage.Guard(path, () =>
        {
            var cleared = new List<string>();
            if (!Directory.Exists(path))
                return cleared;
            foreach (string directory in Directory.EnumerateDirectories(path).Where(TryClear))
                cleared.Add(directory);
            return cleared;
        });
    }

    /// <summary>Deletes an image, if it is there.</summary>
    internal static void Delete(string directory)
    {
        if (!Directory.Exists(directory))
            return;
        DeleteFiles(directory);
        File.Delete(Path.Combine(directory, ImageFormat.PartialFile));
        Directory.Delete(directory);
    }

    /// <summary>Makes a directory for a series of images, or takes an empty one.</summary>
    internal static void ClaimSeries(string directory)
    {
        string? parent = Path.GetDirectoryName(directory);
        if (File.Exists(directory))
            throw new ImageStorageException(directory, "is a file; images are kept in a directory. Give another name.");
        if (parent is not null && !Directory.Exists(parent))
            throw new ImageStorageException(directory, $"the directory {parent} does not exist. Make it first.");
        if (!Directory.Exists(directory))
            Make(directory);
        else if (Series.ImageSeries.NewestIn(directory) is { } newest)
            throw new ImageStorageException(directory, $"holds the images of an earlier run, the newest in {Path.GetFileName(newest)}. Restore it, delete them, or give another directory.");
        else if (Directory.EnumerateFileSystemEntries(directory).Select(Path.GetFileName).FirstOrDefault() is { } other)
            throw new ImageStorageException(directory, $"is not empty (there is \"{other}\"). Give a new name.");
    }

    /// <summary>Makes the directory or takes an empty one, and marks it as being written. The second value tells whether it
    /// was made.</summary>
    internal static (FileStream Marker, bool Made) Claim(string directory)
    {
        string? parent = Path.GetDirectoryName(directory);
        if (File.Exists(directory))
            throw new ImageStorageException(directory, "is a file; an image is a directory. Give another name.");
        if (HoldsImage(directory) || HoldsGroup(directory))
            throw new ImageStorageException(directory, "holds an image already. Give another name or delete it.");
        if (parent is not null && !Directory.Exists(parent))
            throw new ImageStorageException(directory, $"the directory {parent} does not exist. Make it first.");
        bool exists = Directory.Exists(directory);
        if (exists)
            CheckTakeable(directory);
        else
            Make(directory);
        try
        {
            FileStream marker = LockMarker(directory, FileMode.OpenOrCreate)
                ?? throw new ImageStorageException(directory, "another image is being written there. Wait, or give another name.");
            DeleteGroup(directory);
            return (marker, !exists);
        }
        catch when (!exists)
        {
            DeleteIfEmpty(directory);
            throw;
        }
    }

    /// <summary>Deletes the files that a writer makes, but for the mark, which goes last.</summary>
    internal static void DeleteFiles(string directory)
    {
        // The manifest first: without it there is no image.
        File.Delete(Path.Combine(directory, ImageFormat.ManifestFile));
        File.Delete(Path.Combine(directory, ImageFormat.NewManifestFile));
        File.Delete(Path.Combine(directory, ImageFormat.PackedFile));
        File.Delete(Path.Combine(directory, ImageFormat.DataspacesFile));
        File.Delete(Path.Combine(directory, ImageFormat.PagesFile));
    }

    private static void Make(string directory)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        Directory.CreateDirectory(directory, OwnerOnly);
    }

    private static void CheckTakeable(string directory)
    {
        bool isPartial = File.Exists(Path.Combine(directory, ImageFormat.PartialFile));
        IReadOnlyList<string> members = MembersOf(directory);
        string? other = Directory.EnumerateFileSystemEntries(directory)
            .Select(entry => Path.GetFileName(entry))
            .FirstOrDefault(name => !(isPartial && (IsOurs(name) || members.Contains(name))));
        if (other is not null)
            throw new ImageStorageException(directory, $"is not empty (there is \"{other}\"). Give a new name.");
    }

    private static bool IsOurs(string name) => name
        is ImageFormat.PartialFile or ImageFormat.NewManifestFile or ImageFormat.PackedFile or GroupFormat.NewManifestFile or GroupFormat.MembersFile or ImageFormat.PagesFile or ImageFormat.DataspacesFile;

    private static bool TryClear(string directory)
    {
        string mark = Path.Combine(directory, ImageFormat.PartialFile);
        if (!File.Exists(mark))
            return false;
        using FileStream? marker = LockMarker(directory, FileMode.Open);
        if (marker is null)
            return false;
        // A writer that died behind its commit leaves a whole image: only the mark goes.
        bool isWhole = HoldsImage(directory) || HoldsGroup(directory);
        if (!isWhole)
            DeleteGroup(directory);
        File.Delete(mark);
        if (!isWhole)
            DeleteIfEmpty(directory);
        return !isWhole;
    }

    /// <summary>Null if a writer that lives holds it.</summary>
    private static FileStream? LockMarker(string directory, FileMode mode)
    {
        string mark = Path.Combine(directory, ImageFormat.PartialFile);
        try
        {
            return Storage.Lock(mark, mode);
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException) && File.Exists(mark))
        {
            return null;
        }
    }

    private static void DeleteIfEmpty(string directory)
    {
        if (!Directory.EnumerateFileSystemEntries(directory).Any())
            Directory.Delete(directory);
    }
}
