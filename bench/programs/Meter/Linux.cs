using System.Runtime.InteropServices;

namespace Meter;

/// <summary>Calls of Linux that are trapped and that the node answers by itself.</summary>
internal static unsafe partial class Linux
{
    private const int LengthBytes = 16;

    /// <summary>getcwd(2) as the kernel has it: the answer comes with two bytes for the caller's memory.</summary>
    public static void GetWorkingDirectory()
    {
        byte* buffer = stackalloc byte[LengthBytes];
        if (GetWorkingDirectory(buffer, LengthBytes) == 0)
            throw new InvalidOperationException($"getcwd: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>getcwd(2) into a buffer that is too short: the answer is an error number and nothing else.</summary>
    public static void FailToGetWorkingDirectory()
    {
        byte* buffer = stackalloc byte[LengthBytes];
        if (GetWorkingDirectory(buffer, 1) != 0)
            throw new InvalidOperationException("getcwd found room where there is none");
    }

    [LibraryImport("libc", EntryPoint = "getcwd", SetLastError = true)]
    private static partial nint GetWorkingDirectory(byte* buffer, nuint lengthBytes);
}
