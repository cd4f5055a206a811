using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Drover.Images.Group;

namespace Drover.Images.Format;

/// <summary>The payload's JSON. Unknown and doubled members are refused: what a reader does not know it must not drop.
/// Every member must be there unless it may be null: the generated code does not run the initialisers of init-only
/// properties, so that an absent one would silently be null or 0.</summary>
internal static class ManifestJson
{
    /// <summary>What manifests are read and written by.</summary>
    public static JsonTypeInfo<ImageManifest> Manifest { get; } = Strict<ImageManifest>();

    /// <summary>What the manifests of groups are read and written by.</summary>
    public static JsonTypeInfo<GroupManifest> Group { get; } = Strict<GroupManifest>();

    private static JsonTypeInfo<T> Strict<T>()
    {
        var options = new JsonSerializerOptions(GeneratedJson.Default.Options)
        {
            TypeInfoResolver = GeneratedJson.Default.WithAddedModifier(RequireStoredMembers),
        };
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    private static void RequireStoredMembers(JsonTypeInfo type)
    {
        for (int i = type.Properties.Count - 1; i >= 0; i--)
        {
            JsonPropertyInfo property = type.Properties[i];
            if (property.Set is null && property.AssociatedParameter is null)
                type.Properties.RemoveAt(i); // computed, such as a length: nothing to store
            else
                property.IsRequired = !property.IsSetNullable && property.AssociatedParameter is not { IsNullable: true };
        }
    }
}

/// <summary>The generated part, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 16)]
[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(GroupManifest))]
internal sealed partial class GeneratedJson : JsonSerializerContext;
