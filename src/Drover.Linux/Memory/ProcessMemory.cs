using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Platform;

namespace Drover.Linux.Memory;

/// <summary>The memory of another process.</summary>
internal sealed unsafe class ProcessMemory : IDisposable
{
    /// <summary>UIO_MAXIOV of readv(2).</summary>
    private const int MostVectors = 1024;

    private readonly int _processId;
    private readonly SafeFileDescriptor _file;

    /// <summary>Takes hold of the address space that the process has now; after an execve(2) it is another one.</summary>
    public ProcessMemory(int processId)
    {
        _processId = processId;
        _file = SafeFileDescriptor.Open($"/proc/{processId}/mem", OpenFlags.ReadWrite);
    }

    /// <summary>Reads memory that the process itself can read.</summary>
    public void Read(ulong address, Span<byte> destination)
    {
        if (!TryRead(address, destination))
            throw LinuxException.Last("process_vm_readv", $"{destination.Length} bytes at 0x{address:x}");
    }

    public bool TryRead(ulong address, Span<byte> destination)
    {
        fixed (byte* start = destination)
        {
            IoVector local = new() { Base = (ulong)start, LengthBytes = (ulong)destination.Length };
            IoVector remote = new() { Base = address, LengthBytes = (ulong)destination.Length };
            return Libc.ReadProcess(_processId, &local, 1, &remote, 1, 0) == destination.Length;
        }
    }

    public T Read<T>(ulong address)
        where T : unmanaged
    {
        T value = default;
        Read(address, MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <summary>Writes memory that the process itself can write.</summary>
    public void Write(ulong address, ReadOnlySpan<byte> source)
    {
        if (!TryWrite(address, source))
            throw LinuxException.Last("process_vm_writev", $"{source.Length} bytes at 0x{address:x}");
    }

    /// <summary>The same; false if not all of it could be written.</summary>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        fixed (byte* start = source)
        {
            IoVector local = new() { Base = (ulong)start, LengthBytes = (ulong)source.Length };
            IoVector remote = new() { Base = address, LengthBytes = (ulong)source.Length };
            return Libc.WriteProcess(_processId, &local, 1, &remote, 1, 0) == source.Length;
        }
    }

    /// <summary>Writes two places by one call.</summary>
    public void WriteBoth(ulong firstAddress, ReadOnlySpan<byte> first, ulong secondAddress, ReadOnlySpan<byte> second)
    {
        fixed (byte* firstStart = first)
        fixed (byte* secondStart = second)
        {
            IoVector* local = stackalloc IoVector[2];
            IoVector* remote = stackalloc IoVector[2];
            Describe(local, remote, firstStart, firstAddress, first.Length, secondStart, secondAddress, second.Length);
            if (Libc.WriteProcess(_processId, local, 2, remote, 2, 0) != first.Length + second.Length)
                throw LinuxException.Last("process_vm_writev", $"0x{firstAddress:x} and 0x{secondAddress:x}");
        }
    }

    /// <summary>Reads two places by one call.</summary>
    public void ReadBoth(ulong firstAddress, Span<byte> first, ulong secondAddress, Span<byte> second)
    {
        fixed (byte* firstStart = first)
        fixed (byte* secondStart = second)
        {
            IoVector* local = stackalloc IoVector[2];
            IoVector* remote = stackalloc IoVector[2];
            Describe(local, remote, firstStart, firstAddress, first.Length, secondStart, secondAddress, second.Length);
            if (Libc.ReadProcess(_processId, local, 2, remote, 2, 0) != first.Length + second.Length)
                throw LinuxException.Last("process_vm_readv", $"0x{firstAddress:x} and 0x{secondAddress:x}");
        }
    }

    /// <summary>Reads many runs of private memory, one after another, whatever their protection.</summary>
    public void ReadRuns(ReadOnlySpan<PageRun> runs, Span<byte> destination)
    {
        while (!runs.IsEmpty)
        {
            ReadOnlySpan<PageRun> some = runs[..Math.Min(MostVectors, runs.Length)];
            // What the process itself may not read goes the slower way, run by run.
            if (!TryReadSome(some, destination, out int lengthBytes))
                ReadForced(some, destination);
            destination = destination[lengthBytes..];
            runs = runs[some.Length..];
        }
    }

    /// <summary>Reads many runs of memory that the process itself can read, one after another; false if not all could be read.</summary>
    public bool TryReadRuns(ReadOnlySpan<PageRun> runs, Span<byte> destination)
    {
        while (!runs.IsEmpty)
        {
            ReadOnlySpan<PageRun> some = runs[..Math.Min(MostVectors, runs.Length)];
            if (!TryReadSome(some, destination, out int lengthBytes))
                return false;
            destination = destination[lengthBytes..];
            runs = runs[some.Length..];
        }

        return true;
    }

    private bool TryReadSome(ReadOnlySpan<PageRun> runs, Span<byte> destination, out int lengthBytes)
    {
        IoVector* remote = stackalloc IoVector[MostVectors];
        ulong length = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            remote[i] = new() { Base = runs[i].Address, LengthBytes = runs[i].LengthBytes };
            length += runs[i].LengthBytes;
        }

        lengthBytes = checked((int)length);
        fixed (byte* start = destination[..lengthBytes])
        {
            IoVector local = new() { Base = (ulong)start, LengthBytes = length };
            return Libc.ReadProcess(_processId, &local, 1, remote, (nuint)runs.Length, 0) == lengthBytes;
        }
    }

    private void ReadForced(ReadOnlySpan<PageRun> runs, Span<byte> destination)
    {
        foreach (PageRun run in runs)
        {
            ReadForced(run.Address, destination[..(int)run.LengthBytes]);
            destination = destination[(int)run.LengthBytes..];
        }
    }

    /// <summary>Reads private memory whatever its protection.</summary>
    public void ReadForced(ulong address, Span<byte> destination)
    {
        fixed (byte* start = destination)
        {
            for (int done = 0; done < destination.Length;)
            {
                nint count = Libc.ReadAt(
                    _file, start + done, (nuint)(destination.Length - done), (long)(address + (ulong)done));
                done += Advance(count, "pread", address);
            }
        }
    }

    /// <summary>The same; false if not all of it could be read. The descriptor stays with the address space, whatever becomes of the
    /// process id.</summary>
    public bool TryReadForced(ulong address, Span<byte> destination)
    {
        fixed (byte* start = destination)
        {
            for (int done = 0; done < destination.Length;)
            {
                nint count = Libc.ReadAt(
                    _file, start + done, (nuint)(destination.Length - done), (long)(address + (ulong)done));
                if (count <= 0)
                    return false;
                done += (int)count;
            }
        }

        return true;
    }

    /// <summary>Writes private memory whatever its protection (the tracer may, unless the kernel was started with
    /// proc_mem.force_override=never).</summary>
    public void WriteForced(ulong address, ReadOnlySpan<byte> source)
    {
        fixed (byte* start = source)
        {
            for (int done = 0; done < source.Length;)
            {
                nint count = Libc.WriteAt(
                    _file, start + done, (nuint)(source.Length - done), (long)(address + (ulong)done));
                done += Advance(count, "pwrite", address);
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private static void Describe(
        IoVector* local, IoVector* remote,
        byte* first, ulong firstAddress, int firstBytes, byte* second, ulong secondAddress, int secondBytes)
    {
        local[0] = new() { Base = (ulong)first, LengthBytes = (ulong)firstBytes };
        local[1] = new() { Base = (ulong)second, LengthBytes = (ulong)secondBytes };
        remote[0] = new() { Base = firstAddress, LengthBytes = (ulong)firstBytes };
        remote[1] = new() { Base = secondAddress, LengthBytes = (ulong)secondBytes };
    }

    private static int Advance(nint count, string call, ulong address) => count switch
    {
        -1 => throw LinuxException.Last(call, $"/proc/pid/mem at 0x{address:x}"),
        0 => throw new LinuxException(call, Errno.EIO, $"/proc/pid/mem at 0x{address:x}"),
        _ => (int)count,
    };
}
