using System.Runtime.InteropServices;

namespace Intruder;

internal static unsafe partial class Linux
{
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Call(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0);

    /// <summary>Prints a name and what came of a call: "ok" or the errno.</summary>
    public static void Report(string name, nint result)
    {
        int errno = Marshal.GetLastPInvokeError();
        Console.WriteLine($"{name} {(result == -1 ? errno : "ok")}");
    }

    /// <summary>Memory that can be written and executed.</summary>
    public static byte* ExecutablePage(ReadOnlySpan<byte> code)
    {
        byte* page = (byte*)Call(9, 0, 4096, 7, 0x22, -1, 0);
        code.CopyTo(new Span<byte>(page, 4096));
        return page;
    }
}
