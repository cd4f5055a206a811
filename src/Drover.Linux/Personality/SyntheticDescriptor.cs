using System.Text;
using Drover.Linux.Native;

namespace Drover.Linux.Personality;

/// <summary>What a made-up descriptor stands for.</summary>
public enum SyntheticKind
{
    /// <summary>A file whose content was made up when it was opened.</summary>
    File,

    /// <summary>A directory opened for listing; the content is its entries as getdents64(2) gives them.</summary>
    Directory,
}

/// <summary>
/// Sealed memory that stands for a made-up file or directory. Its name (the target of /proc/PID/fd/N) says what it is
/// and under which path it was opened, and its offset how far it was read: the descriptor itself is all the state
/// there is, so nothing that a component does with numbers (dup, close, close_range) can confuse it. A component
/// cannot make memory with such a name: memfd_create(2) is refused.
/// </summary>
public static class SyntheticDescriptor
{
    private const string FilePrefix = "/memfd:drover.file:";
    private const string DirectoryPrefix = "/memfd:drover.dir:";
    private const string Suffix = " (deleted)";
    private const int NameLimitBytes = 200; // memfd_create(2) takes 249
    private const int AllSeals = 0x0f; // F_SEAL_SEAL | SHRINK | GROW | WRITE

    /// <summary>Makes the descriptor, its offset at the start. The caller owns it.</summary>
    public static unsafe SafeFileDescriptor Create(SyntheticKind kind, string path, ReadOnlySpan<byte> content)
    {
        string name = (kind == SyntheticKind.File ? FilePrefix : DirectoryPrefix)["/memfd:".Length..] + Shorten(path);
        SafeFileDescriptor made = SafeFileDescriptor.Adopt(
            Libc.MemfdCreate(name, MemfdFlags.CloseOnExec | MemfdFlags.AllowSealing | MemfdFlags.NoExecuteSeal), "memfd_create");
        try
        {
            fixed (byte* start = content)
            {
                for (int written = 0; written < content.Length;)
                    written += (int)LinuxException.Check(
                        Libc.WriteAt(made, start + written, (nuint)(content.Length - written), written), "pwrite");
            }
            LinuxException.Check(Libc.Fcntl(made, Fcntl.AddSeals, AllSeals), "fcntl", "F_ADD_SEALS");
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Recognises a descriptor by the target of its link in /proc/PID/fd.</summary>
    public static bool TryParse(string link, out SyntheticKind kind, out string path)
    {
        kind = link.StartsWith(DirectoryPrefix, StringComparison.Ordinal) ? SyntheticKind.Directory : SyntheticKind.File;
        string prefix = kind == SyntheticKind.Directory ? DirectoryPrefix : FilePrefix;
        bool isOurs = link.StartsWith(prefix, StringComparison.Ordinal) && link.EndsWith(Suffix, StringComparison.Ordinal);
        path = isOurs ? link[prefix.Length..^Suffix.Length] : "";
        return isOurs;
    }

    private static string Shorten(string path) => Encoding.UTF8.GetByteCount(path) <= NameLimitBytes ? path : "";
}
