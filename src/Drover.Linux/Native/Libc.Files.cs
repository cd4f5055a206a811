using System.Runtime.InteropServices;

namespace Drover.Linux.Native;

internal static unsafe partial class Libc
{
    /// <summary>AT_FDCWD.</summary>
    public const int WorkingDirectory = -100;

    /// <summary>RENAME_EXCHANGE.</summary>
    public const uint RenameExchange = 2;

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int FlushFile(SafeHandle descriptor);

    [LibraryImport(Library, EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(int oneDirectory, string one, int otherDirectory, string other, uint flags);
}
