using System.Runtime.InteropServices;
using Drover.Component.Kernel;
using Drover.Contracts;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Memory;

/// <summary>
/// A dataspace in the address space. Core's region map and the kernel's mappings are changed one after the other; the
/// range stays reserved in between, so that at a checkpoint an attachment is either mapped or without any access. A
/// managed dataspace is mapped by the node.
/// </summary>
internal sealed class MappingHandle : SafeHandle
{
    private readonly AddressSpace _space;
    private bool _attached;
    private bool _mappedByNode;

    private MappingHandle(AddressSpace space, nuint lengthBytes)
        : base(0, ownsHandle: true)
    {
        _space = space;
        LengthBytes = lengthBytes;
        SetHandle(NativeMappings.Reserve(lengthBytes));
    }

    public override bool IsInvalid => handle == 0;

    public nuint LengthBytes { get; }

    /// <summary>Attaches the range at an address that the kernel picks. All in bytes, page aligned.</summary>
    public static Attempt<MappingHandle, AttachError> Attach(
        AddressSpace space, Capability<IDataspace> dataspace, ulong offsetBytes, ulong lengthBytes, AttachRights rights)
    {
        if (lengthBytes is 0 or > long.MaxValue)
            return AttachError.InvalidRange;
        MappingHandle mapping = new(space, (nuint)lengthBytes);
        try
        {
            Attempt<uint, AttachError> attached =
                space.Session.Client.Attach(dataspace, offsetBytes, lengthBytes, (ulong)mapping.handle, rights);
            if (!attached.TryGet(out uint attachment, out AttachError error))
            {
                mapping.Dispose();
                return error;
            }

            mapping._attached = true;
            CallResult result = space.Domain.CurrentThread.Invoke(PrivateCall.MapAttachment, attachment);
            if (result.Status != CallStatus.Ok)
                throw new RpcException(result.Status, nameof(PrivateCall.MapAttachment));
            mapping._mappedByNode = result.Info == AttachmentInfo.MappedByNode;
            if (mapping._mappedByNode)
                return mapping;
            NativeMappings.MapDataspace(mapping.handle, mapping.LengthBytes, rights, (int)result.Info, offsetBytes);
            return mapping;
        }
        catch
        {
            mapping.Dispose();
            throw;
        }
    }

    /// <summary>Lets the mapping stay for the life of the process and gives its address.</summary>
    public nint KeepForever()
    {
        SetHandleAsInvalid();
        return handle;
    }

    // Runs on the finalizer's thread if the owner was forgotten: nothing may be thrown.
    protected override bool ReleaseHandle()
    {
        try
        {
            if (_mappedByNode)
            {
                // Only when the node has taken everything away may the range become something else.
                _space.Session.Client.Detach((ulong)handle);
                _space.Domain.CurrentThread.Invoke(PrivateCall.AwaitMappings, WellKnownSelectors.Null);
            }
            else if (_attached)
            {
                NativeMappings.ReserveAgain(handle, LengthBytes);
                _space.Session.Client.Detach((ulong)handle);
            }

            NativeMappings.Unmap(handle, LengthBytes);
            return true;
        }
        catch (Exception failure) when (failure is RpcException or SystemCallException or ObjectDisposedException)
        {
            return false;
        }
    }
}
