using System.Runtime.InteropServices;

namespace Lively;

/// <summary>The calls by which the arenas are stirred.</summary>
internal static unsafe partial class Linux
{
    [LibraryImport("libc")]
    public static partial byte* mmap(byte* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    public static partial int munmap(byte* address, nuint length);

    [LibraryImport("libc")]
    public static partial int mprotect(byte* address, nuint length, int protection);

    [LibraryImport("libc")]
    public static partial int madvise(byte* address, nuint length, int advice);

    [LibraryImport("libc")]
    public static partial byte* mremap(byte* old, nuint oldLength, nuint newLength, int flags, byte* address);

    [LibraryImport("libc")]
    public static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc")]
    public static partial nint read(int descriptor, byte* buffer, nuint bytes);

    [LibraryImport("libc")]
    public static partial nint write(int descriptor, byte* buffer, nuint bytes);

    [LibraryImport("libc")]
    public static partial int ioctl(int descriptor, nuint request, void* argument);
}
