using Drover.Contracts.Rpc;

namespace Drover.Core.Capabilities;

/// <summary>
/// What a slot of a capability space points at. An object is never revived: once it is not alive, every capability to
/// it is void, and slots that hold it stay occupied until they are released.
/// </summary>
public abstract class KernelObject
{
    private volatile bool _isAlive = true;

    private protected KernelObject(Kernel kernel, ProtectionDomain? owner, Badge badge)
    {
        Kernel = kernel;
        Owner = owner;
        Badge = badge;
    }

    public Badge Badge { get; }

    public abstract KernelObjectKind Kind { get; }

    /// <summary>The domain that pays for the object and can destroy it; null for one of the node itself.</summary>
    public ProtectionDomain? Owner { get; }

    /// <summary>False once it was dissolved, freed, or its domain ended. Written under the kernel's lock.</summary>
    public bool IsAlive
    {
        get => _isAlive;
        internal set => _isAlive = value;
    }

    /// <summary>What is shown to people: the label of a gate, the name of a service.</summary>
    public abstract string Description { get; }

    internal Kernel Kernel { get; }

    /// <summary>The only domain that may hold it, or null if it may be delegated.</summary>
    internal ProtectionDomain? BoundTo { get; init; }

    /// <summary>A new owner of a capability to this object, for node-side code.</summary>
    public Capability<T> ToCapability<T>()
        where T : class => new(new KernelCapability(this));
}
