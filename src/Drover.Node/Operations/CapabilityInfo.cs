using System.Text.Json.Serialization;

namespace Drover.Node.Operations;

/// <summary>One capability that a component holds.</summary>
/// <param name="Kind">What it names, in one word: the session's or object's type, such as "LOG" or "Dataspace".</param>
/// <param name="Label">What a person calls it: the session's label, the label of the component's own gate.</param>
/// <param name="Selector">Its slot in the component's capability space.</param>
/// <param name="Badge">The word by which its server knows it on this node.</param>
public sealed record CapabilityInfo(
    string Kind,
    string Label,
    uint Selector,
    [property: JsonConverter(typeof(HexadecimalConverter))] ulong Badge);
