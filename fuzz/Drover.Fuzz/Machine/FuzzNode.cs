using System.Collections.Concurrent;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.Capabilities;
using Drover.Core.Tests.Fakes;
using Drover.Monitor;
using Drover.Platform;

namespace Drover.Fuzz.Machine;

/// <summary>A node with everything but processes.</summary>
internal sealed class FuzzNode
{
    private readonly ConcurrentQueue<(string Where, Exception Failure)> _faults = new();
    private int _lastHostThread = 1000;

    public FuzzNode(string name, uint badgePrefix)
    {
        Kernel = new Kernel(new KernelOptions
        {
            Badges = new NodeBadges(badgePrefix),
            OnFault = (where, failure) => _faults.Enqueue((where, failure)),
        });
        Monitor = new ComponentMonitor(Kernel, Machine, name, Time);
    }

    public FuzzMachine Machine { get; } = new();

    public ManualTime Time { get; } = new();

    public Kernel Kernel { get; }

    public ComponentMonitor Monitor { get; }

    public FuzzProcess LastProcess => Machine.Fuzzed.Last!;

    public MonitoredComponent Launch(string name, IReadOnlyDictionary<string, string>? roms = null, ulong ramBytes = 64 << 20, ulong capabilities = 500) =>
        Monitor.Launch(new ComponentSpecification
        {
            Name = name,
            Executable = "/bin/true",
            Arguments = [name],
            Environment = [],
            RamQuotaBytes = ramBytes,
            CapabilityQuota = capabilities,
            Limits = new ProcessLimits(64 << 20, 64),
            Roms = roms ?? new Dictionary<string, string>(),
        });

    public FakeThread Thread(MonitoredComponent component, FuzzProcess process) => new(component.Domain, process.FakePort, ++_lastHostThread);

    /// <summary>A thread that is in the restored state already.</summary>
    public FakeThread Rebuilt(MonitoredComponent component, FuzzProcess process, int namespaceId, int slot)
    {
        process.FakePort.NamespaceIds[++_lastHostThread] = namespaceId;
        return new FakeThread(component.Domain, process.FakePort, _lastHostThread, startup: false) { Slot = slot };
    }

    public static IParent Parent(FakeThread thread) => ComponentCapability.Of<IParent>(thread, WellKnownSelectors.Parent).Client;

    public static uint SelectorOf<T>(Capability<T> capability)
        where T : class => ((ComponentCapability)capability.Owner).Selector;

    /// <summary>What went wrong inside the node while it served is a finding, too.</summary>
    public void CheckFaults()
    {
        if (_faults.TryDequeue(out (string Where, Exception Failure) fault))
        {
            _faults.Clear();
            throw new InvalidOperationException($"the node failed in {fault.Where}: {fault.Failure}", fault.Failure);
        }
    }

    /// <summary>What must be as it was when nothing of a component is left.</summary>
    public NodeHoldings Holdings() => new(Machine.Fuzzed.LiveMemories, Kernel.DomainCount);
}

/// <param name="Memories">Dataspaces, tables, UTCB areas and modules.</param>
internal readonly record struct NodeHoldings(int Memories, int Domains);
