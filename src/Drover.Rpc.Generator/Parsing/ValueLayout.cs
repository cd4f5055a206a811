using Drover.Rpc.Generator.Model;
using Microsoft.CodeAnalysis;

namespace Drover.Rpc.Generator.Parsing;

/// <summary>
/// Where the padding of a struct lies. It holds whatever lay in memory before, often what was on the stack, and must
/// not travel to another component.
/// </summary>
internal static class ValueLayout
{
    private const int LargestPrimitive = 8;

    /// <summary>The gaps in order; null if there are none, or if the layout is not the usual one.</summary>
    public static EquatableArray<PaddingBytes>? PaddingOf(ITypeSymbol type)
    {
        List<PaddingBytes> gaps = [];
        return Measure(type, 0, gaps) is not null && gaps.Count > 0 ? new(gaps) : null;
    }

    /// <summary>Length and alignment; null if they are not known.</summary>
    private static (int Length, int Alignment)? Measure(ITypeSymbol type, int offset, List<PaddingBytes> gaps)
    {
        if (type is INamedTypeSymbol { EnumUnderlyingType: { } underlying })
            return Measure(underlying, offset, gaps);
        if (PrimitiveBytes(type.SpecialType) is > 0 and int length)
            return (length, length);
        if (type.ToDisplayString() is "System.Guid")
            return (16, 4);
        if (type.ToDisplayString() is "System.TimeSpan" or "System.DateTime" or "System.TimeOnly")
            return (LargestPrimitive, LargestPrimitive);
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None }
            || ValueChecks.IsOfTheRuntime(type) || HasOwnLayout(type))
        {
            return null;
        }

        return MeasureFields(type, offset, gaps);
    }

    private static (int Length, int Alignment)? MeasureFields(ITypeSymbol type, int offset, List<PaddingBytes> gaps)
    {
        int end = 0;
        int alignment = 1;
        foreach (IFieldSymbol field in ValueChecks.InstanceFields(type))
        {
            if (field.IsFixedSizeBuffer || Measure(field.Type, 0, []) is not { } measured)
                return null;
            int start = RoundedUp(end, measured.Alignment);
            AddGap(gaps, offset + end, start - end);
            Measure(field.Type, offset + start, gaps);
            end = start + measured.Length;
            alignment = Math.Max(alignment, measured.Alignment);
        }

        int length = Math.Max(1, RoundedUp(end, alignment)); // an empty struct has one byte
        AddGap(gaps, offset + end, length - end);
        return (length, alignment);
    }

    private static void AddGap(List<PaddingBytes> gaps, int offset, int length)
    {
        if (length > 0)
            gaps.Add(new(offset, length));
    }

    private static bool HasOwnLayout(ITypeSymbol type) => type.GetAttributes().Any(attribute =>
        attribute.AttributeClass?.ToDisplayString() is "System.Runtime.InteropServices.StructLayoutAttribute"
            or "System.Runtime.CompilerServices.InlineArrayAttribute");

    private static int RoundedUp(int offset, int alignment) => (offset + alignment - 1) / alignment * alignment;

    private static int PrimitiveBytes(SpecialType type) => type switch
    {
        SpecialType.System_Boolean or SpecialType.System_Byte or SpecialType.System_SByte => 1,
        SpecialType.System_Char or SpecialType.System_Int16 or SpecialType.System_UInt16 => 2,
        SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Single => 4,
        SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_Double => LargestPrimitive,
        _ => 0,
    };
}
