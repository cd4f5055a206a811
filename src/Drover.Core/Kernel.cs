using Drover.Contracts.Rpc;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.Quotas;
using Drover.Core.State;
using Drover.Platform;

namespace Drover.Core;

/// <summary>
/// The capability kernel of one node: makes protection domains and services, gives badges. One lock guards the state
/// of all kernel objects; see docs/locking.md.
/// </summary>
public sealed class Kernel
{
    private readonly KernelOptions _options;
    private readonly List<ProtectionDomain> _domains = []; // guarded by IpcLock

    public Kernel(KernelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.DeferredCallsPerDomain, 1, nameof(options));
        _options = options;
    }

    public TimeSpan NodeCallPatience => _options.NodeCallPatience;

    public int Processors => _options.Processors;

    /// <summary>Guards every kernel object of this node. Entered through <see cref="Enter"/> only.</summary>
    internal Lock IpcLock { get; } = new();

    internal int DeferredCallsPerDomain => _options.DeferredCallsPerDomain;

    /// <summary>Makes an empty domain. The caller owns it and ends it with <see cref="ProtectionDomain.Destroy"/>.</summary>
    /// <exception cref="NodeQuotaException">The node has not so much RAM quota left.</exception>
    public ProtectionDomain CreateDomain(DomainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var domain = new ProtectionDomain(this, options);
        ulong leftBytes;
        using (KernelScope scope = Enter())
        {
            leftBytes = RamLeftBytes();
            if (options.RamQuotaBytes <= leftBytes)
            {
                _domains.Add(domain);
                return domain;
            }
        }

        domain.Destroy();
        throw new NodeQuotaException(options.Name, options.RamQuotaBytes, leftBytes, _options.RamBytes);
    }

    /// <summary>Describes domains that stand still, all as of one moment. Replies that reached them meanwhile become
    /// kept answers first, so the memory of UTCBs has to be copied after this.</summary>
    public IReadOnlyList<DomainState> Capture(IReadOnlyList<ProtectionDomain> domains)
    {
        ArgumentNullException.ThrowIfNull(domains);
        using KernelScope scope = Enter();
        foreach (ProtectionDomain domain in domains)
        {
            if (!domain.IsStopped)
                throw new InvalidOperationException($"{domain.Name} is not stopped");
            domain.SettleReplies(scope);
        }

        return [.. domains.Select(domain => domain.DescribeLocked())];
    }

    /// <summary>Begins to build a domain from its recorded state.</summary>
    /// <exception cref="DomainStateException">The state does not hold together, or the quotas do not suffice.</exception>
    public DomainRestoration BeginRestore(DomainState state, DomainOptions options)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new DomainRestoration(this, state, options);
    }

    /// <summary>Makes a gate to an object inside the node, through the generated dispatcher of its interface.</summary>
    /// <param name="target">What is called.</param>
    /// <param name="mode">Inline only if no method ever waits or calls a component.</param>
    /// <param name="name">Shown to people.</param>
    public ServiceGate CreateService<T>(T target, ServiceMode mode, string name)
        where T : class => CreateServiceGate(RpcBinding<T>.CreateDispatcher(target), mode, name);

    /// <summary>Makes a gate to whatever the dispatcher serves.</summary>
    public ServiceGate CreateServiceGate(IRpcDispatcher dispatcher, ServiceMode mode, string name)
    {
        ArgumentNullException.ThrowIfNull(dispatcher);
        return new ServiceGate(this, NextBadge(), dispatcher, mode, name);
    }

    /// <summary>Makes a read-only dataspace of the node itself, such as a ROM module.</summary>
    /// <param name="memoryOwner">Disposed when the dataspace has ended and nobody reads the memory any more.</param>
    internal Dataspace CreateRomDataspace(ISharedMemory memory, string name, IDisposable memoryOwner) =>
        new(this, null, NextBadge(), memory, writable: false, memoryOwner) { Name = name };

    /// <summary>The domains other than <paramref name="but"/> that have the dataspace attached, in a region map of theirs too.</summary>
    public IReadOnlyList<ProtectionDomain> SharersOf(Attachable dataspace, ProtectionDomain but)
    {
        ArgumentNullException.ThrowIfNull(dataspace);
        using KernelScope scope = Enter();
        return [.. dataspace.Users.Select(map => map.Domain).Where(domain => domain != but).Distinct()];
    }

    // Under IpcLock.
    private ulong RamLeftBytes()
    {
        ulong left = _options.RamBytes;
        foreach (ProtectionDomain domain in _domains)
            left -= Math.Min(left, domain.RamAccount.Limit);
        return left;
    }

    internal KernelScope Enter() => new(this);

    internal Badge NextBadge()
    {
        using KernelScope scope = Enter();
        return _options.Badges.Next();
    }

    /// <summary>Domains that have not ended.</summary>
    internal int DomainCount
    {
        get
        {
            using KernelScope scope = Enter();
            return _domains.Count;
        }
    }

    internal void Forget(ProtectionDomain domain) => _domains.Remove(domain);

    internal void Report(Exception failure, string where) => _options.OnFault(where, failure);
}
