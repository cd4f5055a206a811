using System.Runtime.InteropServices;

namespace Cartographer;

/// <summary>Finds out what may be done at an address, without doing it: the kernel says EFAULT instead of a signal.</summary>
internal static unsafe partial class Access
{
    private static readonly int[] s_ends = MakePipe();

    /// <summary>"rw", "r-" or "--". Leaves the byte as it was.</summary>
    public static string At(ulong address)
    {
        if (write(s_ends[1], (void*)address, 1) != 1)
            return "--";
        return read(s_ends[0], (void*)address, 1) == 1 ? "rw" : Drain();
    }

    private static string Drain()
    {
        byte unused;
        return read(s_ends[0], &unused, 1) == 1 ? "r-" : throw new InvalidOperationException("the pipe is empty");
    }

    private static int[] MakePipe()
    {
        int* ends = stackalloc int[2];
        return pipe2(ends, 0) == 0 ? [ends[0], ends[1]] : throw new InvalidOperationException("no pipe");
    }

    [LibraryImport("libc")]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc")]
    private static partial nint read(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc")]
    private static partial nint write(int descriptor, void* buffer, nuint length);
}
