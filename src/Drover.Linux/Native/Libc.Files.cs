using System.Runtime.InteropServices;

namespace Drover.Linux.Native;

internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int FlushFile(SafeHandle descriptor);
}
