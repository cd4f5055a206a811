namespace Drover.Rpc.Generator.Model;

/// <summary>A type that can be marshalled.</summary>
/// <param name="Kind">How it travels.</param>
/// <param name="Name">Fully qualified, with nullable annotations.</param>
/// <param name="Value">What an Attempt gives.</param>
/// <param name="Error">The error of an Attempt.</param>
/// <param name="Check">For a value that not every pattern of bits is one of: the condition that must hold of "value".</param>
/// <param name="Padding">Bytes of a value that belong to no field.</param>
internal sealed record WireType(
    WireKind Kind,
    string Name,
    WireType? Value = null,
    WireType? Error = null,
    string? Check = null,
    EquatableArray<PaddingBytes>? Padding = null)
{
    public bool IsVoid => Name == "void";

    public bool IsCapability => Kind is WireKind.Capability or WireKind.OptionalCapability;
}

/// <summary>A gap between the fields of a struct, or after the last; in bytes.</summary>
internal readonly record struct PaddingBytes(int Offset, int Length);
