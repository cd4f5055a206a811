using System.Text.Json;
using System.Text.Json.Serialization;

namespace Drover.Images.State;

/// <summary>Names a kernel object inside one image; 0 names none. Means nothing outside the image.</summary>
[JsonConverter(typeof(ObjectIdConverter))]
public readonly record struct ObjectId(uint Value)
{
    public override string ToString() => $"#{Value}";
}

/// <summary>Writes an <see cref="ObjectId"/> as a plain number.</summary>
internal sealed class ObjectIdConverter : JsonConverter<ObjectId>
{
    public override ObjectId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetUInt32(out uint value)
            ? new ObjectId(value)
            : throw new JsonException("an object id is a number of 32 bits");

    public override void Write(Utf8JsonWriter writer, ObjectId value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Value);
}
