using System.Text;

namespace Intruder;

internal static class Files
{
    private const int Open = 2;
    private const int OpenAt = 257;

    public static unsafe int Try()
    {
        foreach (string path in (string[])
            ["/etc/shadow", "/proc/1/root/etc/shadow", "/proc/self/root/etc/shadow", "/proc/self/cwd", "/proc/self/mem", "/proc/kcore", "/dev/mem",
            "/usr/lib/../../etc/shadow", "/sys/kernel/debug", "/boot"])
        {
            fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
            {
                Linux.Report(path, Linux.Call(Open, (nint)name));
                if (Linux.Call(OpenAt, -100, (nint)name, 0x200000) != -1) // O_PATH
                    Console.WriteLine($"{path} opened as a path");
            }
        }
        fixed (byte* name = "/rom/new\0"u8)
            Linux.Report("create", Linux.Call(OpenAt, -100, (nint)name, 0x41, 0x1b6));
        fixed (byte* name = "/rom/greeting\0"u8)
            Linux.Report("write", Linux.Call(OpenAt, -100, (nint)name, 1));
        Console.WriteLine($"rom {File.ReadAllText("/rom/greeting")}");
        return 0;
    }
}
