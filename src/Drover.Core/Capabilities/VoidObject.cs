namespace Drover.Core.Capabilities;

/// <summary>Stands in a slot of a restored domain for an object that is gone: every call to it gets PeerGone.</summary>
internal sealed class VoidObject : KernelObject
{
    public VoidObject(Kernel kernel, Badge badge, KernelObjectKind kind, string description)
        : base(kernel, null, badge)
    {
        Kind = kind;
        Description = description;
        IsAlive = false;
    }

    public override KernelObjectKind Kind { get; }

    public override string Description { get; }
}
