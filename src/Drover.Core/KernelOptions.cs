using Drover.Core.Capabilities;
using Drover.Platform;

namespace Drover.Core;

/// <summary>What a kernel is made with.</summary>
public sealed record KernelOptions
{
    public IBadgeSource Badges { get; init; } = new NodeBadges();

    /// <summary>RAM quota that all domains together may have, in bytes.</summary>
    public ulong RamBytes { get; init; } = ulong.MaxValue;

    /// <summary>How long node-side code waits for a component to reply.</summary>
    public TimeSpan NodeCallPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Deferred calls of one domain that are served at a time; the others wait their turn, so that one
    /// component cannot take the whole thread pool.</summary>
    public int DeferredCallsPerDomain { get; init; } = 4;

    /// <summary>CPUs of this node that components may run on.</summary>
    public int Processors { get; init; } = Environment.ProcessorCount;

    /// <summary>Told of what went wrong inside the node while serving, with the name of what failed. Any thread.</summary>
    public Action<string, Exception> OnFault { get; init; } = static (_, _) => { };
}

/// <summary>What a protection domain is made with.</summary>
public sealed record DomainOptions
{
    public required string Name { get; init; }

    public required ulong RamQuotaBytes { get; init; }

    public required ulong CapabilityQuota { get; init; }

    /// <summary>Makes the memory of its dataspaces.</summary>
    public required IProcessPlatform Platform { get; init; }
}
