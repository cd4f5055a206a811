using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>The open files that a rebuilt process needs, gathered before the process exists.</summary>
internal sealed class RebuildResources : IDisposable
{
    private readonly IBackingSource _backing;
    private readonly bool _hasFiles;
    private readonly Dictionary<FileIdentity, SafeHandle> _files = [];
    private readonly List<SafeHandle> _mappingHandles = [];
    private readonly Dictionary<SafeHandle, int> _mappingIndices = new(ReferenceEqualityComparer.Instance);
    private readonly int[] _indexOfMapping;
    private readonly DescriptorFactory _descriptors;

    /// <param name="state">What is to be built.</param>
    /// <param name="backing">Where files and dataspaces come from.</param>
    /// <param name="hasFiles">True if all that is mapped from files is there already.</param>
    public RebuildResources(ProcessState state, IBackingSource backing, bool hasFiles = false)
    {
        _backing = backing;
        _hasFiles = hasFiles;
        _indexOfMapping = new int[state.Mappings.Count];
        _descriptors = new DescriptorFactory(OpenFile, DataspaceHandle);
        try
        {
            for (int i = 0; i < _indexOfMapping.Length; i++)
                _indexOfMapping[i] = IndexOf(state.Mappings[i]);
            _descriptors.Open(state.Descriptors);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the mappings need, each once.</summary>
    public IReadOnlyList<SafeHandle> MappingHandles => _mappingHandles;

    /// <summary>What the descriptors are, each open file description once.</summary>
    public IReadOnlyList<SafeHandle> DescriptionHandles => _descriptors.Handles;

    /// <summary>Index into <see cref="MappingHandles"/>, or -1 for what needs none.</summary>
    public int MappingIndex(int mapping) => _indexOfMapping[mapping];

    /// <summary>Index into <see cref="DescriptionHandles"/>.</summary>
    public int DescriptionIndex(DescriptorState descriptor) => _descriptors.IndexOf(descriptor);

    public void Dispose()
    {
        _descriptors.Dispose();
        foreach (SafeHandle file in _files.Values)
            file.Dispose();
    }

    private SafeHandle OpenFile(FileIdentity identity)
    {
        if (!_files.TryGetValue(identity, out SafeHandle? file))
            _files.Add(identity, file = _backing.OpenFile(identity));
        return file;
    }

    private int IndexOf(MappingState mapping)
    {
        if (mapping.Backing == MappingBacking.Anonymous || (_hasFiles && mapping.Backing != MappingBacking.Dataspace))
            return -1;
        SafeHandle handle = mapping.Backing == MappingBacking.Dataspace ? DataspaceHandle(mapping) : OpenFile(mapping.File!);
        if (_mappingIndices.TryGetValue(handle, out int index))
            return index;
        _mappingIndices.Add(handle, _mappingHandles.Count);
        _mappingHandles.Add(handle);
        return _mappingHandles.Count - 1;
    }

    /// <summary>A descriptor is like a mapping of nothing yet.</summary>
    private SafeHandle DataspaceHandle(DescriptorState descriptor) => DataspaceHandle(new MappingState
    {
        Start = 0,
        End = 0,
        Protection = (descriptor.StatusFlags & OpenFlags.AccessMode) == OpenFlags.ReadOnly
            ? PageProtection.Read
            : PageProtection.Read | PageProtection.Write,
        Backing = MappingBacking.Dataspace,
        DataspaceInode = descriptor.DataspaceInode,
    });

    private SafeHandle DataspaceHandle(MappingState mapping)
    {
        ISharedMemory memory = _backing.Dataspace(mapping);
        StateValidator.Require(
            mapping.LengthBytes <= memory.LengthBytes && mapping.OffsetBytes <= memory.LengthBytes - mapping.LengthBytes,
            $"the mapping at 0x{mapping.Start:x} goes beyond its dataspace");
        return mapping.Protection.HasFlag(PageProtection.Write) ? memory.Descriptor : memory.ReadOnlyDescriptor;
    }
}
