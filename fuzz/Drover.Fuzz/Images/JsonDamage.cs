using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Drover.Fuzz.Running;

namespace Drover.Fuzz.Images;

/// <summary>Changes a manifest's payload as one who knows JSON and guesses the rest: other numbers, ids of other objects, members
/// that are gone, elements that come twice.</summary>
internal sealed class JsonDamage(Chance chance)
{
    private const int MostMultipliedCharacters = 8 << 20;

    private static readonly string[] s_texts =
    [
        "", "/", "/dev/zero", "/proc/self/mem", "../..", "a\0b", "None", "Gate", "Dataspace", "Revoked", "RegionMap", "ForeignSession",
        "LogSession", "RomSession", "TimerSession", "SignalSource", "NativeCapability", "PdSession", "Parent", "Waiting", "Answered", "Idle",
        "CallingInside", "WaitingForSignal", "File", "Pipe", "Epoll", "Synthetic", "Directory", "EventCounter", "SharedFile", "PrivateFile",
        "Anonymous", "Read", "Read, Write", "Read, Write, Execute", "LOG", "ROM", "Timer", "Sheep", "Wolves", "greeting", "AAAA", "1", "-1",
        "65536", "victim", "shepherd",
    ];

    private readonly List<(JsonNode Node, JsonNode Parent)> _all = [];
    private readonly List<ulong> _numbers = [];

    public byte[] Apply(ReadOnlySpan<byte> payload)
    {
        if (TryParse(payload) is not { } root)
            return payload.ToArray();
        int changes = chance.OneIn(3) ? chance.Between(2, 6) : 1;
        for (int i = 0; i < changes; i++)
        {
            _all.Clear();
            _numbers.Clear();
            Collect(root);
            if (_all.Count == 0)
                break;
            (JsonNode node, JsonNode parent) = Choose();
            Change(node, parent);
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    /// <summary>Puts a number of another payload in the place of one of this.</summary>
    public byte[] TakeOver(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> other)
    {
        if (TryParse(payload) is not { } root || TryParse(other) is not { } others)
            return payload.ToArray();
        Collect(others);
        ulong[] numbers = [.. _numbers];
        _all.Clear();
        Collect(root);
        List<(JsonNode Node, JsonNode Parent)> places = [.. _all.Where(entry => entry.Node is JsonValue value && value.GetValueKind() == JsonValueKind.Number)];
        // Badges are the large ones.
        ulong[] badges = [.. numbers.Where(number => number >> 32 != 0)];
        for (int i = chance.Between(1, 3); i > 0 && places.Count > 0 && numbers.Length > 0; i--)
        {
            (JsonNode node, JsonNode parent) = chance.Pick(places);
            if (node.Parent is not null)
                Replace(node, parent, JsonValue.Create(badges.Length > 0 && chance.OneIn(2) ? chance.Pick(badges) : chance.Pick(numbers)));
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    /// <summary>Null if earlier damage left nothing that can be changed so.</summary>
    public static JsonNode? TryParse(ReadOnlySpan<byte> payload)
    {
        try
        {
            if (JsonNode.Parse(payload) is not { } root || Children(root).Count == 0)
                return null;
            ReadAll(root);
            return root;
        }
        catch (Exception damaged) when (damaged is JsonException or ArgumentException or InvalidOperationException)
        {
            // ArgumentException: a member is there twice. InvalidOperationException: a text that is not UTF-8.
            return null;
        }
    }

    /// <summary>The parser leaves names and texts unread until they are asked for.</summary>
    private static void ReadAll(JsonNode node)
    {
        if (node is JsonValue value && value.GetValueKind() == JsonValueKind.String)
            value.GetValue<string>();
        foreach (JsonNode child in Children(node))
            ReadAll(child);
    }

    /// <summary>Deep nodes are many: half of the time one is chosen among the children of some list or object.</summary>
    private (JsonNode Node, JsonNode Parent) Choose()
    {
        if (chance.OneIn(2))
            return chance.Pick(_all);
        (JsonNode node, JsonNode parent) = (_all[0].Parent, _all[0].Parent);
        while (Children(node) is { Count: > 0 } children && (ReferenceEquals(node, parent) || !chance.OneIn(3)))
        {
            parent = node;
            node = chance.Pick(children);
        }

        return (node, parent);
    }

    private static List<JsonNode> Children(JsonNode node) => node switch
    {
        JsonObject members => [.. members.Select(member => member.Value).OfType<JsonNode>()],
        JsonArray elements => [.. elements.OfType<JsonNode>()],
        _ => [],
    };

    private void Collect(JsonNode node)
    {
        if (node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out ulong number))
            _numbers.Add(number);
        foreach (JsonNode child in Children(node))
        {
            _all.Add((child, node));
            Collect(child);
        }
    }

    private void Change(JsonNode node, JsonNode parent)
    {
        if (chance.OneIn(12))
        {
            Remove(node, parent);
            return;
        }

        switch (node)
        {
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                Replace(node, parent, Number());
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                Replace(node, parent, Text(value.GetValue<string>()));
                break;
            case JsonArray elements when !chance.OneIn(8):
                ChangeList(elements);
                break;
            default:
                Replace(node, parent, Anything());
                break;
        }
    }

    private JsonValue? Number() => chance.Below(6) switch
    {
        0 or 1 or 2 when _numbers.Count > 0 => JsonValue.Create(chance.Pick(_numbers)),
        3 => JsonValue.Create(-(long)(chance.Interesting() >> 1)),
        _ => JsonValue.Create(chance.Interesting()),
    };

    private JsonValue? Text(string text) => chance.Below(8) switch
    {
        0 => JsonValue.Create(new string('x', chance.Pick([1, 65, 1025, 70_000, 140_000]))),
        1 => JsonValue.Create(text.Length > 0 ? text[..^1] : "\ud800"),
        2 => JsonValue.Create(Convert.ToBase64String(chance.Bytes(chance.Pick([0, 1, 127, 128, 216, 576, 5000])))),
        3 when text.Length > 1 => JsonValue.Create(Flipped(text)),
        _ => JsonValue.Create(chance.Pick(s_texts)),
    };

    private string Flipped(string text)
    {
        char[] letters = text.ToCharArray();
        letters[chance.Below(letters.Length)] ^= (char)(1 << chance.Below(7));
        return new string(letters);
    }

    private JsonNode? Anything() => chance.Below(5) switch
    {
        0 => null,
        1 => Number(),
        2 => JsonValue.Create(chance.Pick(s_texts)),
        3 => JsonValue.Create(chance.OneIn(2)),
        _ => chance.Pick(_all).Node.DeepClone(),
    };

    private void ChangeList(JsonArray elements)
    {
        int count = elements.Count;
        switch (chance.Below(6))
        {
            case 0 when count > 0:
                elements.RemoveAt(chance.Below(count));
                break;
            case 1 when count > 0:
                elements.Insert(chance.Below(count + 1), elements[chance.Below(count)]?.DeepClone());
                break;
            case 2 when count > 1:
                Move(elements, chance.Below(count), chance.Below(count - 1));
                break;
            case 3:
                elements.Clear();
                break;
            case 4:
                elements.Insert(chance.Below(count + 1), Anything());
                break;
            case 5 when count > 0 && chance.OneIn(4):
                Multiply(elements);
                break;
        }
    }

    /// <summary>Very many of one kind, each with numbers of its own; fewer of what is long, for the fuzzer has to hold them too.</summary>
    private void Multiply(JsonArray elements)
    {
        JsonNode? model = elements[chance.Below(elements.Count)];
        int times = Math.Min(2000, MostMultipliedCharacters / (model?.ToJsonString().Length ?? 4));
        for (int i = 0; i < times; i++)
        {
            JsonNode? more = model?.DeepClone();
            foreach (string unique in (string[])["id", "badge", "selector", "number", "threadId", "descriptionId", "address"])
            {
                if (more is JsonObject members && members[unique] is JsonValue value && value.TryGetValue(out ulong number))
                    members[unique] = JsonValue.Create(number + 100_000 + (unique == "address" ? 8192 * (ulong)i : (ulong)i));
            }

            elements.Add(more);
        }
    }

    private static void Move(JsonArray elements, int from, int to)
    {
        JsonNode? moved = elements[from];
        elements.RemoveAt(from);
        elements.Insert(to, moved);
    }

    private static void Remove(JsonNode node, JsonNode parent)
    {
        if (parent is JsonObject members)
            members.Remove(node.GetPropertyName());
        else if (parent is JsonArray elements)
            elements.Remove(node);
    }

    private static void Replace(JsonNode node, JsonNode parent, JsonNode? other)
    {
        if (parent is JsonObject members)
            members[node.GetPropertyName()] = other;
        else if (parent is JsonArray elements)
            elements[node.GetElementIndex()] = other;
    }
}
