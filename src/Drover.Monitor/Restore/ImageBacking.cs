using System.Runtime.InteropServices;
using Drover.Core.Memory;
using Drover.Core.State;
using Drover.Images;
using Drover.Images.State;
using Drover.Platform;
using Drover.Platform.State;
using DomainState = Drover.Images.State.DomainState;

namespace Drover.Monitor.Restore;

/// <summary>Finds what mappings and descriptors of an image stand for on this node. Holds the memory of dataspaces until
/// it is disposed.</summary>
internal sealed class ImageBacking : IBackingSource, IDisposable
{
    private readonly CheckedFiles _files;
    private readonly Dictionary<ulong, (ISharedMemory Memory, bool IsWritable)> _byInode = [];
    private readonly List<DataspaceLease> _leases = [];

    public ImageBacking(CheckedFiles files, ImageManifest manifest, DomainRestoration restoration)
    {
        _files = files;
        DomainState domain = manifest.Domain;
        foreach (ObjectState entry in domain.Objects.Where(entry => entry.Dataspace is { Inode: not 0 }))
        {
            if (entry.Id == domain.UtcbDataspace)
            {
                _byInode.Add(entry.Dataspace!.Inode, (restoration.Domain.UtcbMemory, true));
            }
            else if (restoration.Objects.GetValueOrDefault(entry.Badge) is Dataspace dataspace && dataspace.TryLease(out DataspaceLease? lease))
            {
                _leases.Add(lease);
                _byInode.Add(entry.Dataspace!.Inode, (lease.Memory, dataspace.IsWritable));
            }
        }
    }

    public SafeHandle OpenFile(FileIdentity file) => _files.Take(file);

    public ISharedMemory Dataspace(MappingState mapping)
    {
        if (!_byInode.TryGetValue(mapping.DataspaceInode, out (ISharedMemory Memory, bool IsWritable) found))
            throw new RestoreRefusedException($"the image maps a dataspace at 0x{mapping.Start:x} that is not in it");
        if (mapping.Protection.HasFlag(PageProtection.Write) && !found.IsWritable)
            throw new RestoreRefusedException($"the image maps a read-only dataspace for writing at 0x{mapping.Start:x}");
        if (mapping.OffsetBytes > found.Memory.LengthBytes || mapping.LengthBytes > found.Memory.LengthBytes - mapping.OffsetBytes)
            throw new RestoreRefusedException($"the image maps beyond the end of a dataspace at 0x{mapping.Start:x}");
        return found.Memory;
    }

    public void Dispose()
    {
        foreach (DataspaceLease lease in _leases)
            lease.Dispose();
    }
}
