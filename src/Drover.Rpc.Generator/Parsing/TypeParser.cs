using Drover.Rpc.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Drover.Rpc.Generator.Parsing;

/// <summary>Decides how a type travels, or why it does not.</summary>
internal static class TypeParser
{
    public static readonly SymbolDisplayFormat FullName = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public static readonly SymbolDisplayFormat ShortName = SymbolDisplayFormat.MinimallyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private const string Alternatives =
        "use an unmanaged value, an enum, string, byte[], ReadOnlySpan<byte> or Capability<T>, or pass bulk data in a dataspace";

    public static string Display(ITypeSymbol type) => type.ToDisplayString(ShortName);

    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    /// <summary>What an awaitable type is awaited for; null if it is none.</summary>
    public static string? AwaitedType(ITypeSymbol type) => type.OriginalDefinition.ToDisplayString() switch
    {
        "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask" => "void",
        "System.Threading.Tasks.Task<TResult>" or "System.Threading.Tasks.ValueTask<TResult>"
            or "System.Collections.Generic.IAsyncEnumerable<T>" => Display(((INamedTypeSymbol)type).TypeArguments[0]),
        _ => null,
    };

    public static WireType? Parse(ITypeSymbol type, bool asResult, out string advice)
    {
        advice = asResult ? Alternatives.Replace(", ReadOnlySpan<byte>", "") : Alternatives;
        string name = type.ToDisplayString(FullName);
        if (type.SpecialType == SpecialType.System_Void || type.ToDisplayString() == KnownNames.Unit)
            return asResult ? new(WireKind.Nothing, name) : null;
        if (type.SpecialType == SpecialType.System_Boolean)
            return new(WireKind.Boolean, name);
        if (type.SpecialType == SpecialType.System_String)
            return NotNullable(type, new(WireKind.Text, name), ref advice);
        if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte })
            return NotNullable(type, new(WireKind.Bytes, name), ref advice);
        if (type is INamedTypeSymbol { IsGenericType: true } generic)
            return ParseGeneric(generic, name, asResult, ref advice);
        return ParseValue(type, name, ref advice);
    }

    private static WireType? ParseGeneric(INamedTypeSymbol type, string name, bool asResult, ref string advice)
    {
        switch (type.OriginalDefinition.ToDisplayString())
        {
            case KnownNames.Capability:
                bool optional = type.NullableAnnotation == NullableAnnotation.Annotated;
                return new(optional ? WireKind.OptionalCapability : WireKind.Capability, name);
            case "System.ReadOnlySpan<T>" when !asResult && type.TypeArguments[0].SpecialType == SpecialType.System_Byte:
                return new(WireKind.ByteSpan, name);
            case KnownNames.Attempt when asResult:
                return ParseAttempt(type, name, ref advice);
            case KnownNames.Attempt:
                advice = "an Attempt is what a method gives, not what it takes";
                return null;
            case "System.Nullable<T>":
                advice = "null cannot be sent; send a bool beside the value, or return an Attempt";
                return null;
            default:
                return ParseValue(type, name, ref advice);
        }
    }

    private static WireType? ParseAttempt(INamedTypeSymbol type, string name, ref string advice)
    {
        WireType? value = Parse(type.TypeArguments[0], asResult: true, out advice);
        if (value is { Kind: WireKind.Attempt } || SymbolEqualityComparer.Default.Equals(type.TypeArguments[0], type.TypeArguments[1]))
        {
            advice = "an Attempt gives a value or an error, which are of different types and no Attempts themselves";
            return null;
        }

        if (value is null)
            return null;
        ITypeSymbol error = type.TypeArguments[1];
        return ParseValue(error, error.ToDisplayString(FullName), ref advice) is { } parsed
            ? new(WireKind.Attempt, name, value, parsed)
            : null;
    }

    private static WireType? ParseValue(ITypeSymbol type, string name, ref string advice)
    {
        if (!type.IsUnmanagedType)
            return null;
        if (HasAddress(type))
        {
            advice = "it holds a pointer or a native integer, which means nothing in another address space; use a ulong or a capability";
            return null;
        }

        bool isHidden = false;
        string? check = ValueChecks.Condition(type, "value", ref isHidden);
        if (isHidden)
        {
            advice = "it keeps an enum or a bool where generated code cannot check what has arrived; make the field or property public";
            return null;
        }

        return new(WireKind.Value, name, Check: check, Padding: ValueLayout.PaddingOf(type));
    }

    private static bool HasAddress(ITypeSymbol type)
    {
        if (type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer
            || type.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr)
        {
            return true;
        }

        return type is INamedTypeSymbol { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None }
            && type.GetMembers().OfType<IFieldSymbol>().Any(field => !field.IsStatic && HasAddress(field.Type));
    }

    private static WireType? NotNullable(ITypeSymbol type, WireType wire, ref string advice)
    {
        if (type.NullableAnnotation != NullableAnnotation.Annotated)
            return wire;
        advice = "null cannot be sent; send an empty one, or a bool beside it";
        return null;
    }
}
