using System.Runtime.InteropServices;
using Drover.Linux.Native;

namespace Drover.Linux.Processes;

/// <summary>Bytes waiting in pipes.</summary>
internal static unsafe class PipeContent
{
    private const uint NoBlock = 2; // SPLICE_F_NONBLOCK
    private const nuint WaitingBytes = 0x541B; // FIONREAD

    /// <summary>Copies what waits in a pipe and leaves it there (tee(2)).</summary>
    public static byte[] Copy(SafeFileDescriptor readEnd, int capacityBytes)
    {
        int waitingBytes;
        LinuxException.Check(Libc.Ioctl(readEnd, WaitingBytes, &waitingBytes), "ioctl(FIONREAD)");
        if (waitingBytes == 0)
            return [];
        CreatePipe(capacityBytes, out SafeFileDescriptor ownRead, out SafeFileDescriptor ownWrite);
        using (ownRead)
        using (ownWrite)
        {
            nint waiting = Libc.Tee(readEnd, ownWrite, (nuint)capacityBytes, NoBlock);
            if (waiting == -1 && Marshal.GetLastPInvokeError() == Errno.EAGAIN)
                return [];
            LinuxException.Check(waiting, "tee");
            byte[] content = new byte[waiting];
            fixed (byte* start = content)
            {
                for (int done = 0; done < content.Length;)
                    done += (int)LinuxException.Check(
                        Libc.Read(ownRead, start + done, (nuint)(content.Length - done)), "read");
            }
            return content;
        }
    }

    /// <summary>Makes a pipe of at least a capacity, non-blocking. The caller owns both ends.</summary>
    public static void CreatePipe(int capacityBytes, out SafeFileDescriptor readEnd, out SafeFileDescriptor writeEnd)
    {
        int* ends = stackalloc int[2];
        LinuxException.Check(Libc.Pipe(ends, OpenFlags.CloseOnExec | OpenFlags.NonBlock), "pipe2");
        readEnd = new SafeFileDescriptor(ends[0]);
        writeEnd = new SafeFileDescriptor(ends[1]);
        try
        {
            LinuxException.Check(Libc.Fcntl(writeEnd, Fcntl.SetPipeSize, capacityBytes), "fcntl(F_SETPIPE_SZ)");
        }
        catch
        {
            readEnd.Dispose();
            writeEnd.Dispose();
            throw;
        }
    }
}
