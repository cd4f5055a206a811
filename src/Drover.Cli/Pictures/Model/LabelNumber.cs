using System.Globalization;

namespace Drover.Cli.Pictures.Model;

/// <summary>A label taken apart: "imprint 12" is "imprint " and 12.</summary>
internal readonly record struct LabelNumber(string Prefix, ulong? Number)
{
    public static LabelNumber Of(string? label)
    {
        if (label is null)
            return new LabelNumber("", null);
        int digits = label.Reverse().TakeWhile(char.IsAsciiDigit).Count();
        return ulong.TryParse(label.AsSpan(label.Length - digits), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? new LabelNumber(label[..^digits], number)
            : new LabelNumber(label, null);
    }
}
