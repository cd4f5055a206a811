using System.Runtime.InteropServices;

namespace Intruder;

/// <summary>Opens files while signals interrupt the opening: each open gives one descriptor or none.</summary>
internal static unsafe class Hail
{
    private const int Signals = 1000;
    private const int DescriptorLimit = 1024;

    public static int OpenUnderSignals()
    {
        using PosixSignalRegistration handled = PosixSignalRegistration.Create((PosixSignal)12, context => context.Cancel = true);
        int opener = 0;
        int sent = 0;
        int failed = 0;
        int left = 0;
        Thread thread = new(() =>
        {
            Volatile.Write(ref opener, (int)Linux.Call(186));
            fixed (byte* path = "/rom/greeting\0"u8)
            {
                while (Volatile.Read(ref sent) < Signals)
                {
                    nint descriptor = Linux.Call(2, (nint)path);
                    if (descriptor == -1 || Linux.Call(3, descriptor) == -1)
                        failed++;
                }
                left = OpenDescriptors(path);
            }
        });
        thread.Start();
        while (sent < Signals)
        {
            if (Volatile.Read(ref opener) != 0 && Linux.Call(234, Environment.ProcessId, opener, 12) == 0)
                Volatile.Write(ref sent, sent + 1);
            Thread.Yield();
        }
        thread.Join();
        Console.WriteLine($"failed {failed}");
        Console.WriteLine($"left {left}");
        return 0;
    }

    /// <summary>Descriptors of the file; the runtime has others that come and go.</summary>
    private static int OpenDescriptors(byte* path)
    {
        ulong* wanted = stackalloc ulong[18]; // struct stat; the inode comes second
        ulong* found = stackalloc ulong[18];
        if (Linux.Call(4, (nint)path, (nint)wanted) == -1)
            return -1;
        int open = 0;
        for (int number = 0; number < DescriptorLimit; number++)
        {
            if (Linux.Call(72, number, 1) != -1 && Linux.Call(5, number, (nint)found) != -1 && found[1] == wanted[1])
                open++;
        }
        return open;
    }
}
