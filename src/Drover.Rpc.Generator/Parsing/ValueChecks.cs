using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Drover.Rpc.Generator.Parsing;

/// <summary>
/// What must hold of a value that has arrived as bytes: an enum is one of those that its type names, a bool is 0 or 1.
/// The sender is not trusted, and code that switches over an enum counts on it.
/// </summary>
internal static class ValueChecks
{
    /// <summary>A condition on an expression; null if every pattern of bits is a value.</summary>
    /// <param name="isHidden">True if there is something to check that generated code cannot reach.</param>
    public static string? Condition(ITypeSymbol type, string value, ref bool isHidden)
    {
        if (type.SpecialType == SpecialType.System_Boolean)
            return $"global::System.Runtime.CompilerServices.Unsafe.BitCast<bool, byte>({value}) <= 1";
        if (type is INamedTypeSymbol { EnumUnderlyingType: { } underlying } enumeration)
            return EnumCondition(enumeration, underlying, value);
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None } || IsOfTheRuntime(type))
            return null;
        List<string> conditions = [];
        foreach (IFieldSymbol field in InstanceFields(type))
        {
            ISymbol member = field.AssociatedSymbol ?? field;
            if (Condition(field.Type, $"{value}.{TypeParser.Escape(member.Name)}", ref isHidden) is not { } condition)
                continue;
            conditions.Add(condition);
            isHidden |= !CanBeRead(member);
        }

        return conditions.Count == 0 ? null : string.Join(" && ", conditions);
    }

    public static IEnumerable<IFieldSymbol> InstanceFields(ITypeSymbol type) =>
        type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic);

    /// <summary>The runtime's own structs are opaque: what a reference assembly shows of their fields is made up.</summary>
    public static bool IsOfTheRuntime(ITypeSymbol type) =>
        type.ContainingNamespace?.ToDisplayString() is { } space
        && (space == "System" || space.StartsWith("System.", StringComparison.Ordinal));

    private static bool CanBeRead(ISymbol member) =>
        member.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal
        && member is IFieldSymbol or IPropertySymbol { GetMethod: not null };

    private static string EnumCondition(INamedTypeSymbol enumeration, INamedTypeSymbol underlying, string value)
    {
        bool isUnsigned = underlying.SpecialType == SpecialType.System_UInt64;
        object[] constants =
            [.. enumeration.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue).Select(field => field.ConstantValue!)];
        if (enumeration.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString() == "System.FlagsAttribute"))
        {
            ulong bits = constants.Aggregate(0UL, (known, constant) => known | Bits(constant, isUnsigned));
            return $"(unchecked((ulong){value}) & 0x{~bits:x}UL) == 0";
        }

        return isUnsigned
            ? Ranges(constants.Select(constant => (decimal)Convert.ToUInt64(constant, CultureInfo.InvariantCulture)), $"(ulong){value}", "UL")
            : Ranges(constants.Select(constant => (decimal)Convert.ToInt64(constant, CultureInfo.InvariantCulture)), $"(long){value}", "L");
    }

    private static ulong Bits(object constant, bool isUnsigned) => isUnsigned
        ? Convert.ToUInt64(constant, CultureInfo.InvariantCulture)
        : unchecked((ulong)Convert.ToInt64(constant, CultureInfo.InvariantCulture));

    /// <summary>"x is 1 or >= 3 and &lt;= 9"</summary>
    private static string Ranges(IEnumerable<decimal> constants, string value, string suffix)
    {
        List<(decimal First, decimal Last)> ranges = [];
        foreach (decimal constant in constants.Distinct().OrderBy(constant => constant))
        {
            if (ranges.Count > 0 && ranges[ranges.Count - 1].Last == constant - 1)
                ranges[ranges.Count - 1] = (ranges[ranges.Count - 1].First, constant);
            else
                ranges.Add((constant, constant));
        }

        string Literal(decimal number) => number == long.MinValue
            ? "long.MinValue"
            : number.ToString(CultureInfo.InvariantCulture) + suffix;
        // An enum without values has none that could arrive.
        return ranges.Count == 0 ? "false" : $"{value} is " + string.Join(" or ", ranges.Select(range => range.First == range.Last
            ? Literal(range.First)
            : $"(>= {Literal(range.First)} and <= {Literal(range.Last)})"));
    }
}
