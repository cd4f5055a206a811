using System.Text;
using System.Text.Json.Nodes;
using Drover.Fuzz.Running;

namespace Drover.Fuzz.Images;

/// <summary>Damages what holds the images of a chain together, as one who can compute the hashes: which is upon which, whose they are, what
/// is inherited. The first image is the complete one.</summary>
internal sealed class ChainDamage(Chance chance)
{
    public void Apply(ImageBytes[] chain, IReadOnlyList<string> names)
    {
        for (int i = chance.Between(1, 2); i > 0; i--)
        {
            int at = chance.Below(chain.Length);
            switch (chance.Below(8))
            {
                case 0:
                    ImageDamage.Apply(chain[at], chance);
                    break;
                case 1:
                    chain[at] = chain[chance.Below(chain.Length)].Copy();
                    break;
                case 2:
                    Exchange(chain, at, chance.Below(chain.Length));
                    break;
                case 3:
                    Change(chain[at], payload => payload["incarnation"] = chance.OneIn(2) ? 1 : chance.Interesting());
                    break;
                case 4:
                    Change(chain[at], payload => payload["imageId"] = Id(chain));
                    break;
                case 5:
                    if (chain[at].HasPayload)
                        ImageDamage.ChangeIndex(chain[at], chance);
                    chain[at].Seal();
                    break;
                default:
                    Change(chain[at], payload => payload["parent"] = Parent(chain, names));
                    break;
            }
        }
    }

    private static void Exchange(ImageBytes[] chain, int one, int other) => (chain[one], chain[other]) = (chain[other], chain[one]);

    private JsonObject? Parent(ImageBytes[] chain, IReadOnlyList<string> names)
    {
        if (chance.OneIn(8))
            return null;
        string path = chance.Below(8) switch
        {
            0 => ".",
            1 => chance.Pick(["", "..", "/", "/dev", "../absent", "../\0", new string('a', 5000), "../../../../../../../proc/self/fd", "manifest"]),
            _ => $"../{chance.Pick(names)}",
        };
        return new JsonObject { ["path"] = path, ["id"] = Id(chain) };
    }

    /// <summary>That of some image of the chain, or of none.</summary>
    private JsonNode? Id(ImageBytes[] chain) => chance.OneIn(6)
        ? JsonValue.Create(chance.Pick(["", "x", Guid.Empty.ToString(), "00000000-0000-0000-0000-000000000001"]))
        : IdOf(chance.Pick(chain));

    private static JsonNode? IdOf(ImageBytes image) =>
        image.HasPayload && JsonDamage.TryParse(image.Payload) is JsonObject payload ? payload["imageId"]?.DeepClone() : null;

    private static void Change(ImageBytes image, Action<JsonObject> change)
    {
        if (!image.HasPayload || JsonDamage.TryParse(image.Payload) is not JsonObject payload)
            return;
        change(payload);
        image.ReplacePayload(Encoding.UTF8.GetBytes(payload.ToJsonString()));
        image.Seal();
    }
}
