namespace Drover.Core.Capabilities;

/// <summary>The word by which a server recognises the invoked capability. Valid on one node, never given twice.</summary>
public readonly record struct Badge(ulong Value)
{
    /// <summary>Names no object.</summary>
    public static Badge None => default;

    public override string ToString() => $"0x{Value:x16}";
}
