using Drover.Core.Capabilities;

namespace Drover.Core.Ipc;

/// <summary>An IPC gate: requests to it go to the threads of its domain that wait at its entrypoint.</summary>
public sealed class Gate : KernelObject
{
    internal Gate(Kernel kernel, ProtectionDomain owner, Badge badge, int entrypoint, ulong label)
        : base(kernel, owner, badge)
    {
        Domain = owner;
        Entrypoint = entrypoint;
        Label = label;
    }

    public override KernelObjectKind Kind => KernelObjectKind.Gate;

    /// <summary>A number of the owner's choosing, below <see cref="ProtectionDomain.EntrypointCount"/>.</summary>
    public int Entrypoint { get; }

    /// <summary>The owner's own name for it: an index of its object pool.</summary>
    public ulong Label { get; }

    public override string Description => $"gate {Label}";

    /// <summary>The owner, which a gate always has.</summary>
    internal ProtectionDomain Domain { get; }
}
