using System.Buffers.Binary;
using Drover.Contracts.Abi;
using Drover.Fuzz.Running;
using Drover.Images.Format;

namespace Drover.Fuzz.Images;

/// <summary>Damages the files of an image: blindly, or as one who can compute the hashes.</summary>
internal static class ImageDamage
{
    public static void Apply(ImageBytes image, Chance chance)
    {
        int what = chance.Below(20);
        // Damage upon damage.
        if (!image.HasPayload && what > 3)
            what = chance.Below(4);
        switch (what)
        {
            case 0:
                image.Manifest = Blindly(image.Manifest, chance);
                return;
            case 1:
                image.Pages = Blindly(image.Pages, chance);
                return;
            case 2:
                image.Dataspaces = Blindly(image.Dataspaces, chance);
                return;
            case 3:
                image.Manifest = Blindly(image.Manifest, chance);
                break;
            case 4:
                ChangeHeader(image, chance);
                break;
            case 5 or 6:
                ChangeIndex(image, chance);
                break;
            case 7 or 8:
                ChangePage(image, chance);
                break;
            case 9:
                break;
            default:
                image.ReplacePayload(new JsonDamage(chance).Apply(image.Payload));
                if (chance.OneIn(10))
                    ChangePage(image, chance);
                break;
        }

        image.Seal();
    }

    public static byte[] Blindly(byte[] file, Chance chance)
    {
        if (file.Length == 0)
            return chance.Bytes(chance.Between(1, 5000));
        switch (chance.Below(4))
        {
            case 0:
                return file[..chance.Below(file.Length)];
            case 1:
                return [.. file, .. chance.Bytes(chance.Between(1, 5000))];
            case 2:
                int from = chance.Below(file.Length);
                int count = chance.Below(file.Length - from);
                int to = chance.Below(file.Length - count);
                file.AsSpan(from, count).CopyTo(file.AsSpan(to));
                return file;
            default:
                for (int i = chance.Between(1, 8); i > 0; i--)
                    file[chance.Below(file.Length)] ^= (byte)(1 << chance.Below(8));
                return file;
        }
    }

    private static void ChangeHeader(ImageBytes image, Chance chance)
    {
        int field = chance.Below(ManifestHeader.EncodedBytes / sizeof(uint)) * sizeof(uint);
        if (chance.OneIn(2) && field % sizeof(ulong) == 0)
            BinaryPrimitives.WriteUInt64LittleEndian(image.Manifest.AsSpan(field), chance.Interesting());
        else
            BinaryPrimitives.WriteUInt32LittleEndian(image.Manifest.AsSpan(field), (uint)chance.Interesting());
    }

    public static void ChangeIndex(ImageBytes image, Chance chance)
    {
        Span<byte> indices = image.Indices;
        for (int i = chance.Between(1, 3); i > 0 && indices.Length >= sizeof(ulong); i--)
        {
            int at = chance.Below(indices.Length / sizeof(uint)) * sizeof(uint);
            if (at + sizeof(ulong) <= indices.Length && chance.OneIn(2))
                BinaryPrimitives.WriteUInt64LittleEndian(indices[at..], chance.OneIn(2) ? chance.Interesting() : chance.Interesting() & ~4095UL);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(indices[at..], (uint)chance.Below(6));
        }
    }

    /// <summary>Memory of the component, its tables and UTCBs: any content is possible.</summary>
    private static void ChangePage(ImageBytes image, Chance chance)
    {
        bool ofDataspaces = !chance.OneIn(4);
        int pages = (ofDataspaces ? image.Dataspaces : image.Pages).Length / 4096;
        if (pages == 0)
            return;
        image.ChangePage(ofDataspaces, chance.Below(pages), page =>
        {
            for (int i = chance.Between(1, 10); i > 0; i--)
            {
                int at = chance.OneIn(2) ? chance.Below(16) * sizeof(uint) : chance.Below(page.Length / sizeof(uint)) * sizeof(uint);
                BinaryPrimitives.WriteUInt32LittleEndian(page[at..], (uint)(chance.OneIn(3) ? chance.Below(TableLayout.Capacity) : (int)chance.Interesting()));
            }
        });
    }
}
