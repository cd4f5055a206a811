using Drover.Contracts.Sessions;

namespace Drover.Component.Memory;

/// <summary>
/// A dataspace, or a part of one, in the component's memory. Disposing detaches it: spans taken before must not be used
/// any more. Keep the attachment reachable as long as its spans are in use; it is detached when it is collected.
/// </summary>
public sealed unsafe class Attachment : IDisposable
{
    private readonly MappingHandle _mapping;

    internal Attachment(MappingHandle mapping, AttachRights rights, Dataspace dataspace)
    {
        _mapping = mapping;
        Dataspace = dataspace;
        Rights = rights;
    }

    /// <summary>What is attached; kept as long as this is.</summary>
    public Dataspace Dataspace { get; }

    /// <summary>Where it lies; the same after a restore.</summary>
    public ulong Address => (ulong)_mapping.DangerousGetHandle();

    public ulong LengthBytes => _mapping.LengthBytes;

    public AttachRights Rights { get; }

    /// <summary>All of it, for writing. Throws <see cref="InvalidOperationException"/> if it is attached for reading
    /// only, <see cref="OverflowException"/> if it is longer than a span can be.</summary>
    public Span<byte> Span => Slice(0, checked((int)LengthBytes));

    /// <summary>All of it, for reading.</summary>
    public ReadOnlySpan<byte> ReadOnlySpan => ReadOnlySlice(0, checked((int)LengthBytes));

    /// <summary>A part of it, for writing. Throws <see cref="ArgumentOutOfRangeException"/> if it lies outside.</summary>
    public Span<byte> Slice(ulong offsetBytes, int lengthBytes) => Rights.HasFlag(AttachRights.Write)
        ? new(At(offsetBytes, lengthBytes), lengthBytes)
        : throw new InvalidOperationException("the dataspace is attached for reading only");

    /// <summary>A part of it, for reading. Throws <see cref="ArgumentOutOfRangeException"/> if it lies outside.</summary>
    public ReadOnlySpan<byte> ReadOnlySlice(ulong offsetBytes, int lengthBytes) =>
        new(At(offsetBytes, lengthBytes), lengthBytes);

    /// <summary>Copies a part of it. Unlike reading a span, it may meet a hole of a region map that has a fault handler:
    /// the thread then waits, and the rest of the component, handler and collector, goes on.</summary>
    public void Read(ulong offsetBytes, Span<byte> destination)
    {
        byte* source = At(offsetBytes, destination.Length);
        fixed (byte* target = destination)
            NativeMappings.Copy(target, source, (nuint)destination.Length);
        GC.KeepAlive(this);
    }

    /// <summary>Writes a part of it; may wait as <see cref="Read"/> may.</summary>
    public void Write(ulong offsetBytes, ReadOnlySpan<byte> source)
    {
        if (!Rights.HasFlag(AttachRights.Write))
            throw new InvalidOperationException("the dataspace is attached for reading only");
        byte* target = At(offsetBytes, source.Length);
        fixed (byte* from = source)
            NativeMappings.Copy(target, from, (nuint)source.Length);
        GC.KeepAlive(this);
    }

    public void Dispose() => _mapping.Dispose();

    private byte* At(ulong offsetBytes, int lengthBytes)
    {
        ObjectDisposedException.ThrowIf(_mapping.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(lengthBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offsetBytes, LengthBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)lengthBytes, LengthBytes - offsetBytes, nameof(lengthBytes));
        return (byte*)Address + offsetBytes;
    }
}
