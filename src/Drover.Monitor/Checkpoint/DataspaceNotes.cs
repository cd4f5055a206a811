using Drover.Core.Memory;
using Drover.Platform;

namespace Drover.Monitor.Checkpoint;

/// <summary>
/// Tells whose writes to a component's dataspaces the engine sees. It sees those through mappings that the component has
/// at both of two looks. So between looks nobody else may have had a way to write, and the component no way to make a mapping and take it
/// away again: that takes a descriptor, which it has from core only.
/// </summary>
internal sealed class DataspaceNotes
{
    private Dictionary<Dataspace, long> _handouts = []; // of those of which no descriptor was open at the last look
    private readonly List<(Dataspace Dataspace, DataspaceWriters Writers)> _now = [];
    private IReadOnlySet<ulong> _open = new HashSet<ulong>();

    /// <summary>To be called before a look, in this order: what is given away meanwhile shows at the next look.</summary>
    public void BeforeLook(IEnumerable<Dataspace> dataspaces, Func<IReadOnlySet<ulong>> open)
    {
        _now.Clear();
        foreach (Dataspace dataspace in dataspaces)
            _now.Add((dataspace, dataspace.Writers));
        _open = open();
    }

    /// <summary>To be called with what the look found. Gives each dataspace, with what was written to it since the look
    /// before, or null if that is not known.</summary>
    public List<(Dataspace Dataspace, SharedChanges? Written)> AfterLook(PageChanges changes)
    {
        Dictionary<ulong, SharedChanges> found = changes.Shared.ToDictionary(shared => shared.Inode);
        List<(Dataspace, SharedChanges?)> result = [];
        Dictionary<Dataspace, long> handouts = [];
        foreach ((Dataspace dataspace, DataspaceWriters writers) in _now)
        {
            bool isSeen = changes.IsComplete && writers.IsOwnerOnly
                && _handouts.TryGetValue(dataspace, out long before) && before == writers.Handouts;
            SharedChanges written = found.GetValueOrDefault(dataspace.Inode) ?? new SharedChanges(dataspace.Inode, IsComplete: true, [], []);
            result.Add((dataspace, isSeen && written.IsComplete ? written : null));
            if (!_open.Contains(dataspace.Inode))
                handouts.Add(dataspace, writers.Handouts);
        }

        _handouts = handouts;
        return result;
    }
}
