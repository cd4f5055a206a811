using Drover.Core;
using Drover.Core.Memory;

namespace Drover.Monitor.Checkpoint;

/// <summary>The components that are captured at one moment: what they share, their images keep shared.</summary>
internal sealed class CaptureGroup
{
    private readonly IReadOnlyList<MonitoredComponent> _members;
    private readonly HashSet<ProtectionDomain> _domains;

    public CaptureGroup(IEnumerable<MonitoredComponent> members)
    {
        _members = [.. members];
        _domains = [.. _members.Select(member => member.Domain)];
    }

    public bool Has(ProtectionDomain domain) => _domains.Contains(domain);

    /// <summary>A dataspace that one of the members owns.</summary>
    public Dataspace? FindDataspace(ulong badge) =>
        _domains.Select(domain => domain.OwnedObject(badge)).OfType<Dataspace>().FirstOrDefault();

    /// <summary>The name of the member whose ROM module has that memory; null if none has.</summary>
    public string? OwnerOfModule(ulong inode) =>
        _members.FirstOrDefault(member => member.Roms.Modules.Any(module => module.Memory.Inode == inode))?.Domain.Name;
}
