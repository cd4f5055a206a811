namespace Drover.Rpc.Generator.Model;

/// <summary>A type that can be marshalled.</summary>
/// <param name="Kind">How it travels.</param>
/// <param name="Name">Fully qualified, with nullable annotations.</param>
/// <param name="Value">What an Attempt gives.</param>
/// <param name="ErrorName">The error of an Attempt.</param>
internal sealed record WireType(WireKind Kind, string Name, WireType? Value = null, string? ErrorName = null)
{
    public bool IsVoid => Name == "void";

    public bool IsCapability => Kind is WireKind.Capability or WireKind.OptionalCapability;
}
