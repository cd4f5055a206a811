using Drover.Core.Capabilities;
using Drover.Core.Ipc;

namespace Drover.Core.Tests.Fakes;

/// <summary>A kernel and domains to try things in.</summary>
internal sealed class World
{
    private int _lastHostThread = 1000;

    public World(KernelOptions? options = null)
    {
        Kernel = new Kernel((options ?? new KernelOptions()) with { OnFault = (where, failure) => Faults.Add((where, failure)) });
    }

    public Kernel Kernel { get; }

    public FakePlatform Platform { get; } = new();

    public List<(string Where, Exception Failure)> Faults { get; } = [];

    public FakeDomain Domain(string name, ulong ram = 1 << 20, ulong capabilities = 1000) =>
        new(this, Kernel.CreateDomain(new DomainOptions
        {
            Name = name,
            RamQuotaBytes = ram,
            CapabilityQuota = capabilities,
            Platform = Platform,
        }));

    public int NextHostThread() => ++_lastHostThread;
}

/// <summary>A domain and the trap port of its process.</summary>
internal sealed class FakeDomain(World world, ProtectionDomain domain)
{
    private uint _nextSelector = 2000;

    public ProtectionDomain Domain { get; } = domain;

    public FakePort Port { get; } = new();

    public FakeAddressSpace AddressSpace { get; } = new();

    public FakeThread Thread() => new(Domain, Port, world.NextHostThread());

    public FakeThread RebuiltThread(int namespaceThreadId, int slot, ulong sequence)
    {
        int host = world.NextHostThread();
        Port.NamespaceIds[host] = namespaceThreadId;
        return new FakeThread(Domain, Port, host, startup: false) { Slot = slot, Sequence = sequence };
    }

    /// <summary>Puts a capability into some slot.</summary>
    public uint Hold(KernelObject held)
    {
        uint selector = _nextSelector++;
        Assert.Equal(InstallOutcome.Installed, Domain.Install(held, selector));
        return selector;
    }

    /// <summary>The selector of what is held already, or else of a slot that it is put into.</summary>
    public uint Selector(KernelObject held)
    {
        uint? found = Domain.Describe().CapabilitySpace.FirstOrDefault(slot => slot.Badge == held.Badge.Value)?.Selector;
        return found ?? Hold(held);
    }

    /// <summary>Gives the domain its address space, as when its process is made.</summary>
    public void Furnish() => Domain.Furnish(AddressSpace);

    public Gate Gate(ulong label, uint entrypoint = 0) => Domain.CreateGate(entrypoint, label).Value;
}
