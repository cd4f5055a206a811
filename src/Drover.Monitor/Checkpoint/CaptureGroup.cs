using Drover.Core;
using Drover.Core.Memory;

namespace Drover.Monitor.Checkpoint;

/// <summary>The components that are captured at one moment: what they share, their images keep shared.</summary>
internal sealed class CaptureGroup
{
    private readonly HashSet<ProtectionDomain> _domains;

    public CaptureGroup(IEnumerable<MonitoredComponent> members)
    {
        _domains = [.. members.Select(member => member.Domain)];
    }

    public bool Has(ProtectionDomain domain) => _domains.Contains(domain);

    /// <summary>A dataspace that one of the members owns.</summary>
    public Dataspace? FindDataspace(ulong badge) =>
        _domains.Select(domain => domain.OwnedObject(badge)).OfType<Dataspace>().FirstOrDefault();
}
