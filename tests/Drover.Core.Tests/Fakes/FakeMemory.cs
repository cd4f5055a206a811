using System.Runtime.InteropServices;
using Drover.Platform;
using Microsoft.Win32.SafeHandles;

namespace Drover.Core.Tests.Fakes;

/// <summary>Dataspace memory in an array, made when first touched.</summary>
internal sealed class FakeMemory(ulong lengthBytes, ulong inode) : ISharedMemory
{
    private readonly Lazy<byte[]> _content = new(() => new byte[lengthBytes]);

    public bool IsDisposed { get; private set; }

    public ulong LengthBytes => lengthBytes;

    public ulong Inode => inode;

    public SafeHandle Descriptor { get; } = new SafeFileHandle(-1, ownsHandle: false);

    public SafeHandle ReadOnlyDescriptor { get; } = new SafeFileHandle(-1, ownsHandle: false);

    public Span<byte> Span(ulong offsetBytes, int lengthBytes)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return _content.Value.AsSpan((int)offsetBytes, lengthBytes);
    }

    public IEnumerable<(ulong OffsetBytes, ulong LengthBytes)> PopulatedRanges() =>
        _content.IsValueCreated ? [(0, LengthBytes)] : [];

    public void Dispose() => IsDisposed = true;
}
