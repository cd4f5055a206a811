using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Drover.Node.Operations;

/// <summary>Writes 64-bit words as "0x..." strings: many JSON readers hold numbers as doubles and would round
/// badges and addresses.</summary>
public sealed class HexadecimalConverter : JsonConverter<ulong>
{
    public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.GetString() ?? "";
        return text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
                ? value
                : throw new JsonException($"'{text}' is not a hexadecimal number like \"0x1f\".");
    }

    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) =>
        writer.WriteStringValue($"0x{value:x}");
}
