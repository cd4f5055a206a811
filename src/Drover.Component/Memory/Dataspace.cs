using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Memory;

/// <summary>A container of memory, without an address. One that this component allocated is freed when it is disposed:
/// detached everywhere, its memory given back.</summary>
public sealed class Dataspace : IDisposable
{
    private readonly AddressSpace _space;
    private readonly Capability<IPdSession>? _freeWith;
    private int _disposed;

    internal Dataspace(AddressSpace space, Capability<IDataspace> capability, Capability<IPdSession>? freeWith)
    {
        _space = space;
        _freeWith = freeWith;
        Capability = capability;
        LengthBytes = capability.Client.LengthBytes();
    }

    /// <summary>Owned by this object: duplicate it to keep it longer.</summary>
    public Capability<IDataspace> Capability { get; }

    public ulong LengthBytes { get; }

    /// <summary>Attaches a part of it, or says why not.</summary>
    /// <param name="rights">What the component may do with it.</param>
    /// <param name="offsetBytes">Page aligned.</param>
    /// <param name="lengthBytes">Page aligned; all that follows the offset if not given.</param>
    public Attempt<Attachment, AttachError> TryAttach(
        AttachRights rights = AttachRights.Read | AttachRights.Write, ulong offsetBytes = 0, ulong? lengthBytes = null)
    {
        if (offsetBytes > LengthBytes)
            return AttachError.InvalidRange;
        ulong length = lengthBytes ?? (LengthBytes - offsetBytes);
        return MappingHandle.Attach(_space, Capability, offsetBytes, length, rights)
            .TryGet(out MappingHandle? mapping, out AttachError error) ? new Attachment(mapping, rights, this) : error;
    }

    /// <summary>Attaches a part of it; throws <see cref="RefusedException"/> if that is refused.</summary>
    public Attachment Attach(
        AttachRights rights = AttachRights.Read | AttachRights.Write, ulong offsetBytes = 0, ulong? lengthBytes = null) =>
        TryAttach(rights, offsetBytes, lengthBytes).TryGet(out Attachment? attachment, out AttachError error)
            ? attachment
            : throw new RefusedException("attaching the dataspace", error);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _freeWith?.Client.FreeDataspace(Capability);
        Capability.Dispose();
    }
}
