using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Platform;

namespace Drover.Fuzz.Machine;

/// <summary>Real shared memory that its platform keeps count of.</summary>
internal sealed class CountedMemory(SharedMemory memory, Action disposed) : ISharedMemory
{
    private int _isDisposed;

    public ulong LengthBytes => memory.LengthBytes;

    public ulong Inode => memory.Inode;

    public SafeHandle Descriptor => memory.Descriptor;

    public SafeHandle ReadOnlyDescriptor => memory.ReadOnlyDescriptor;

    public Span<byte> Span(ulong offsetBytes, int lengthBytes) => memory.Span(offsetBytes, lengthBytes);

    public IEnumerable<(ulong OffsetBytes, ulong LengthBytes)> PopulatedRanges() => memory.PopulatedRanges();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        memory.Dispose();
        disposed();
    }
}
