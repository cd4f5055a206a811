using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Platform;

namespace Drover.Linux.Memory;

/// <summary>A memfd, sealed against shrinking and growing, so that a mapping of it never faults.</summary>
internal sealed unsafe class SharedMemory : ISharedMemory
{
    private const int SeekData = 3;
    private const int SeekHole = 4;

    private readonly SafeFileDescriptor _descriptor;
    private readonly SafeFileDescriptor _readOnly;
    private readonly SafeMapping _mapping;

    private SharedMemory(ulong lengthBytes, SafeFileDescriptor descriptor, SafeFileDescriptor readOnly, SafeMapping mapping)
    {
        LengthBytes = lengthBytes;
        _descriptor = descriptor;
        _readOnly = readOnly;
        _mapping = mapping;
        Inode = FileStatus.Of(descriptor).Inode;
    }

    public ulong LengthBytes { get; }

    public ulong Inode { get; }

    public SafeHandle Descriptor => _descriptor;

    public SafeHandle ReadOnlyDescriptor => _readOnly;

    public static SharedMemory Create(string name, ulong lengthBytes)
    {
        if (lengthBytes == 0 || lengthBytes % PageMath.PageBytes != 0 || lengthBytes > long.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(lengthBytes), "The length must be a positive number of pages.");
        uint flags = MemfdFlags.CloseOnExec | MemfdFlags.AllowSealing | MemfdFlags.NoExecuteSeal;
        SafeFileDescriptor descriptor = SafeFileDescriptor.Adopt(Libc.MemfdCreate(name, flags), "memfd_create");
        SafeFileDescriptor? readOnly = null;
        try
        {
            LinuxException.Check(Libc.Truncate(descriptor, (long)lengthBytes), "ftruncate");
            int seals = Fcntl.SealShrink | Fcntl.SealGrow | Fcntl.SealSeal;
            LinuxException.Check(Libc.Fcntl(descriptor, Fcntl.AddSeals, seals), "fcntl");
            // A descriptor's mode is fixed when it is opened, so a read-only one needs an open of its own.
            readOnly = SafeFileDescriptor.Open($"/proc/self/fd/{descriptor.Number}", OpenFlags.ReadOnly);
            return new SharedMemory(lengthBytes, descriptor, readOnly, SafeMapping.Share(descriptor, lengthBytes));
        }
        catch
        {
            readOnly?.Dispose();
            descriptor.Dispose();
            throw;
        }
    }

    public Span<byte> Span(ulong offsetBytes, int lengthBytes) => _mapping.Span(offsetBytes, lengthBytes);

    public IEnumerable<(ulong OffsetBytes, ulong LengthBytes)> PopulatedRanges()
    {
        long at = 0;
        while (NextRange(at, out long start, out long end))
        {
            yield return ((ulong)start, (ulong)(end - start));
            at = end;
        }
    }

    public IEnumerable<PageRun> Populated(PageRun within)
    {
        for (long at = (long)within.Address; at < (long)within.End && NextRange(at, out long start, out long end) && start < (long)within.End; at = end)
            yield return new PageRun((ulong)start, Math.Min((ulong)end, within.End) - (ulong)start);
    }

    public void Dispose()
    {
        _mapping.Dispose();
        _readOnly.Dispose();
        _descriptor.Dispose();
    }

    private bool NextRange(long from, out long start, out long end)
    {
        end = 0;
        start = Libc.Seek(_descriptor, from, SeekData);
        if (start == -1)
        {
            LinuxException failure = LinuxException.Last("lseek");
            return failure.Errno == Errno.ENXIO ? false : throw failure;
        }
        end = Libc.Seek(_descriptor, start, SeekHole);
        return end == -1 ? throw LinuxException.Last("lseek") : true;
    }
}
