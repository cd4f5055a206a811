using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Drover.Linux.Native;

/// <summary>Owns one mapping of this process's address space.</summary>
internal sealed unsafe class SafeMapping : SafeHandleMinusOneIsInvalid
{
    private SafeMapping(nint address, nuint lengthBytes)
        : base(ownsHandle: true)
    {
        SetHandle(address);
        LengthBytes = lengthBytes;
    }

    public nuint LengthBytes { get; }

    /// <summary>Maps all of a memory file, shared, for reading and writing.</summary>
    public static SafeMapping Share(SafeHandle descriptor, ulong lengthBytes)
    {
        nint address = Libc.Mmap(0, checked((nuint)lengthBytes), Protection.ReadWrite, MapFlags.Shared, descriptor, 0);
        return new SafeMapping(LinuxException.Check(address, "mmap"), (nuint)lengthBytes);
    }

    /// <summary>A part of the mapping. Valid until this object is disposed.</summary>
    public Span<byte> Span(ulong offsetBytes, int lengthBytes)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(lengthBytes);
        if (offsetBytes > LengthBytes || (ulong)lengthBytes > LengthBytes - offsetBytes)
            throw new ArgumentOutOfRangeException(nameof(offsetBytes));
        return new Span<byte>((byte*)handle + offsetBytes, lengthBytes);
    }

    protected override bool ReleaseHandle() => Libc.Munmap(handle, LengthBytes) == 0;
}
