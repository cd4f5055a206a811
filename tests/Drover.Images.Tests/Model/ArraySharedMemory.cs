using System.Runtime.InteropServices;
using Drover.Platform;
using Microsoft.Win32.SafeHandles;

namespace Drover.Images.Tests.Model;

/// <summary>A dataspace's memory as an array.</summary>
internal sealed class ArraySharedMemory(byte[] content, params (ulong, ulong)[] populated) : ISharedMemory
{
    public byte[] Content { get; } = content;

    public ulong LengthBytes => (ulong)Content.Length;

    public ulong Inode => 77;

    public SafeHandle Descriptor { get; } = new SafeFileHandle();

    public SafeHandle ReadOnlyDescriptor { get; } = new SafeFileHandle();

    public Span<byte> Span(ulong offsetBytes, int lengthBytes) => Content.AsSpan((int)offsetBytes, lengthBytes);

    public IEnumerable<(ulong OffsetBytes, ulong LengthBytes)> PopulatedRanges() => populated;

    public void Dispose()
    {
    }
}
