using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Drover.Fuzz.Running;
using Drover.Images.Group;

namespace Drover.Fuzz.Images;

/// <summary>
/// Images of groups as enemy data: members that are missing, doubled, renamed, damaged, of another group, or that disagree about what they
/// share. All are restored, or none, by a declared error.
/// </summary>
internal sealed class GroupsTarget : IFuzzTarget
{
    private static readonly string[] s_folders = ["victim", "shepherd", "spare"];

    private readonly FuzzFolder _folder = new("groups");
    private readonly string _case;
    private readonly byte[] _manifest;
    private readonly ImageBytes[] _members;
    private readonly RestoreTrial _trial = new(offersSheep: false);

    public GroupsTarget()
    {
        string whole = _folder.PathOf("whole");
        ImageSource source = new(_folder.Module());
        source.WriteGroup(whole);
        _manifest = File.ReadAllBytes(Path.Combine(whole, GroupFormat.ManifestFile));
        // The third belongs to nobody: it is what a member may be exchanged for.
        ImageBytes victim = ImageBytes.Read(Path.Combine(whole, s_folders[0]));
        _members = [victim, ImageBytes.Read(Path.Combine(whole, s_folders[1])), victim];
        _case = _folder.PathOf("case");
    }

    public string Name => "groups";

    public string Detail => _trial.Refusal;

    public string RunCase(Chance chance)
    {
        ImageBytes[] members = [.. _members.Select(member => member.Copy())];
        JsonObject manifest = JsonNode.Parse(GroupPayload(_manifest))!.AsObject();
        byte[]? blindly = null;
        for (int i = chance.Below(3); i > 0; i--)
        {
            switch (chance.Below(8))
            {
                case 0:
                    blindly = ImageDamage.Blindly([.. _manifest], chance);
                    break;
                case 1 or 2:
                    manifest = Changed(manifest, chance);
                    break;
                case 3:
                    members[chance.Below(2)] = chance.Pick(_members).Copy();
                    break;
                case 4 or 5:
                    ImageDamage.Apply(members[chance.Below(2)], chance);
                    break;
                default:
                    TakeOver(members, chance);
                    break;
            }
        }

        if (!chance.OneIn(8))
            Rehash(manifest, members);
        Write(blindly ?? Encoded(manifest), members);
        if (chance.OneIn(8))
            Mislay(chance);
        return _trial.Run(chance, () =>
        {
            GroupReader group = GroupReader.Open(_case);
            return (group, group.Members);
        });
    }

    public void Dispose() => _folder.Dispose();

    private static JsonObject Changed(JsonObject manifest, Chance chance) =>
        JsonDamage.TryParse(new JsonDamage(chance).Apply(Encoding.UTF8.GetBytes(manifest.ToJsonString()))) as JsonObject ?? manifest;

    /// <summary>A number of one member becomes one of the other's: they know each other by badges.</summary>
    private static void TakeOver(ImageBytes[] members, Chance chance)
    {
        int to = chance.Below(2);
        if (!members[0].HasPayload || !members[1].HasPayload)
            return;
        members[to].ReplacePayload(new JsonDamage(chance).TakeOver(members[to].Payload, members[1 - to].Payload));
        members[to].Seal();
    }

    /// <summary>As who forges members would do.</summary>
    private static void Rehash(JsonObject manifest, ImageBytes[] members)
    {
        if (manifest["members"] is not JsonArray named)
            return;
        foreach (JsonObject member in named.OfType<JsonObject>())
        {
            int index = member["folder"] is JsonValue folder && folder.TryGetValue(out string? name) ? Array.IndexOf(s_folders, name) : -1;
            if (index >= 0 && members[index].Manifest.Length >= SHA256.HashSizeInBytes)
                member["manifestSha256"] = Convert.ToHexStringLower(members[index].Manifest.AsSpan(^SHA256.HashSizeInBytes..));
        }
    }

    private static ReadOnlySpan<byte> GroupPayload(ReadOnlySpan<byte> file) => file[GroupCodec.HeaderBytes..^SHA256.HashSizeInBytes];

    private byte[] Encoded(JsonObject manifest)
    {
        byte[] payload = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        byte[] file = [.. _manifest.AsSpan(0, GroupCodec.HeaderBytes), .. payload, .. new byte[SHA256.HashSizeInBytes]];
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(GroupCodec.FileBytesOffset), (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(GroupCodec.PayloadBytesOffset), (ulong)payload.Length);
        SHA256.HashData(file.AsSpan(..^SHA256.HashSizeInBytes), file.AsSpan(file.Length - SHA256.HashSizeInBytes));
        return file;
    }

    private void Write(byte[] manifest, ImageBytes[] members)
    {
        if (Directory.Exists(_case))
            Directory.Delete(_case, recursive: true);
        for (int i = 0; i < members.Length; i++)
            members[i].Write(Directory.CreateDirectory(Path.Combine(_case, s_folders[i])).FullName);
        File.WriteAllBytes(Path.Combine(_case, GroupFormat.ManifestFile), manifest);
    }

    private void Mislay(Chance chance)
    {
        string member = Path.Combine(_case, s_folders[chance.Below(2)]);
        switch (chance.Below(4))
        {
            case 0:
                Directory.Delete(member, recursive: true);
                break;
            case 1:
                Directory.Move(member, member + "-moved");
                break;
            case 2:
                File.Delete(Path.Combine(member, chance.Pick(["manifest", "pages", "dataspaces"])));
                break;
            default:
                Directory.Delete(member, recursive: true);
                File.CreateSymbolicLink(member, _case);
                break;
        }
    }
}
