using System.Runtime.InteropServices;
using Drover.Component.Kernel;
using Drover.Contracts.Sessions;

namespace Drover.Component.Memory;

/// <summary>The calls of Linux that put dataspaces into the address space.</summary>
internal static partial class NativeMappings
{
    internal const int PROT_NONE = 0;
    internal const int MAP_SHARED = 0x01;
    internal const int MAP_PRIVATE = 0x02;
    internal const int MAP_FIXED = 0x10;
    internal const int MAP_ANONYMOUS = 0x20;
    internal const int MAP_NORESERVE = 0x4000;

    /// <summary>Address space that nothing else gets, and that has no memory yet.</summary>
    public static nint Reserve(nuint lengthBytes) =>
        Map(0, lengthBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    /// <summary>Turns mapped address space back into reserved.</summary>
    public static void ReserveAgain(nint address, nuint lengthBytes) =>
        Map(address, lengthBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

    /// <summary>Maps a dataspace over reserved address space. Closes the descriptor on every path.</summary>
    public static void MapDataspace(nint address, nuint lengthBytes, AttachRights rights, int descriptor, ulong offsetBytes)
    {
        nint mapped = mmap(address, lengthBytes, (int)rights, MAP_SHARED | MAP_FIXED, descriptor, (nint)offsetBytes);
        int mapErrno = Marshal.GetLastPInvokeError();
        if (close(descriptor) != 0)
            throw new SystemCallException(nameof(close), Marshal.GetLastPInvokeError());
        if (mapped == -1)
            throw new SystemCallException(nameof(mmap), mapErrno);
    }

    public static void Unmap(nint address, nuint lengthBytes)
    {
        if (munmap(address, lengthBytes) != 0)
            throw new SystemCallException(nameof(munmap), Marshal.GetLastPInvokeError());
    }

    /// <summary>Copies by code that the collector need not wait for: the thread may stand still in the middle of it until
    /// something is attached where it reads or writes.</summary>
    public static unsafe void Copy(void* destination, void* source, nuint lengthBytes) => memmove(destination, source, lengthBytes);

    private static nint Map(nint address, nuint lengthBytes, int protection, int flags, int descriptor, nint offset)
    {
        nint mapped = mmap(address, lengthBytes, protection, flags, descriptor, offset);
        return mapped != -1 ? mapped : throw new SystemCallException(nameof(mmap), Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int munmap(nint address, nuint length);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial void* memmove(void* destination, void* source, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int close(int descriptor);
}
