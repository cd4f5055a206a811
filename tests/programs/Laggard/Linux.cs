using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Laggard;

/// <summary>The calls that change mappings.</summary>
internal static unsafe partial class Linux
{
    public const int PageBytes = 4096;
    public const int Read = 1;
    public const int ReadWrite = 3;
    public const int DontNeed = 4;
    public const int Free = 8;

    private const int PrivateAnonymous = 0x22;
    private const int Fixed = 0x10;
    private const int MayMove = 1;
    private const int MoveFixed = 3;

    /// <summary>At the given place if nothing is there; another thread may have been faster.</summary>
    public static byte* Map(nuint lengthBytes, byte* near = null) => Check(mmap(near, lengthBytes, ReadWrite, PrivateAnonymous, -1, 0));

    /// <summary>In place of a mapping of the caller's.</summary>
    public static void MapOver(byte* at, nuint lengthBytes) => Check(mmap(at, lengthBytes, ReadWrite, PrivateAnonymous | Fixed, -1, 0));

    public static void Unmap(byte* at, nuint lengthBytes) => Check(munmap(at, lengthBytes));

    public static void Advise(byte* at, nuint lengthBytes, int advice) => Check(madvise(at, lengthBytes, advice));

    public static void Protect(byte* at, nuint lengthBytes, int protection) => Check(mprotect(at, lengthBytes, protection));

    public static byte* Move(byte* at, nuint lengthBytes, nuint newLengthBytes) => Check(mremap(at, lengthBytes, newLengthBytes, MayMove, null));

    public static void MoveTo(byte* at, nuint lengthBytes, byte* target) => Check(mremap(at, lengthBytes, lengthBytes, MoveFixed, target));

    public static (int From, int To) Pipe()
    {
        int* ends = stackalloc int[2];
        Check(pipe(ends));
        return (ends[0], ends[1]);
    }

    public static void WriteTo(int descriptor, byte* from, nuint count)
    {
        if (write(descriptor, from, count) != (nint)count)
            throw new Win32Exception();
    }

    public static void ReadFrom(int descriptor, byte* to, nuint count)
    {
        if (read(descriptor, to, count) != (nint)count)
            throw new Win32Exception();
    }

    /// <summary>Writes two pieces by one call.</summary>
    public static void WriteBoth(int descriptor, nuint* vectors)
    {
        if (writev(descriptor, vectors, 2) != (nint)(vectors[1] + vectors[3]))
            throw new Win32Exception();
    }

    public static void WorkingDirectory(byte* to, nuint lengthBytes)
    {
        if (getcwd(to, lengthBytes) != to)
            throw new Win32Exception();
    }

    public static void LinkTarget(byte* path, byte* to, nuint lengthBytes)
    {
        if (readlink(path, to, lengthBytes) <= 0)
            throw new Win32Exception();
    }

    /// <summary>The error number of a write; 0 if there was none.</summary>
    public static int ErrorOfWrite(int descriptor, byte* from, nuint count) => write(descriptor, from, count) == -1 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>Likewise of a call that gives an answer.</summary>
    public static int ErrorOfAnswer(byte* to, nuint lengthBytes) => getcwd(to, lengthBytes) == null ? Marshal.GetLastPInvokeError() : 0;

    private static byte* Check(byte* result) => result == (byte*)-1 ? throw new Win32Exception() : result;

    private static void Check(int result)
    {
        if (result == -1)
            throw new Win32Exception();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* mmap(byte* at, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(byte* at, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int madvise(byte* at, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mprotect(byte* at, nuint length, int protection);

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* mremap(byte* at, nuint length, nuint newLength, int flags, byte* target);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe(int* ends);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* to, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, byte* from, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint writev(int descriptor, nuint* vectors, int count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* getcwd(byte* buffer, nuint lengthBytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlink(byte* path, byte* buffer, nuint lengthBytes);
}
