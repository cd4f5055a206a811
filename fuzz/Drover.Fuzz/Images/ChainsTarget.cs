using Drover.Fuzz.Running;
using Drover.Images;
using Drover.Images.Series;
using Drover.Platform;

namespace Drover.Fuzz.Images;

/// <summary>
/// Chains of delta images as enemy data, read as such, merged, or as a series in which a crash left something: restored or refused by a
/// declared error, without a trace.
/// </summary>
internal sealed class ChainsTarget : IFuzzTarget
{
    private const int Length = 4;

    private readonly FuzzFolder _folder = new("chains");
    private readonly string _series;
    private readonly string[] _names = [.. Enumerable.Range(1, Length).Select(number => $"{number:D8}")];
    private readonly ImageBytes[] _chain;
    private readonly RestoreTrial _trial;

    public ChainsTarget()
    {
        string whole = _folder.Make("whole");
        ImageSource source = new(_folder.Module());
        for (int i = 0; i < Length; i++)
        {
            source.Write(Path.Combine(whole, _names[i]), compress: i == 2, upon: i == 0 ? null : Path.Combine(whole, _names[i - 1]));
            source.GoOn((byte)(i + 2));
        }

        _chain = [.. _names.Select(name => ImageBytes.Read(Path.Combine(whole, name)))];
        _series = _folder.PathOf("case");
        _trial = new RestoreTrial(offersSheep: true);
    }

    public string Name => "chains";

    public string Detail => _trial.Refusal;

    public string RunCase(Chance chance)
    {
        ImageBytes[] chain = [.. _chain.Select(image => image.Copy())];
        if (!chance.OneIn(10))
            new ChainDamage(chance).Apply(chain, _names);
        Write(chain);
        if (chance.OneIn(4))
            Mislay(chance);
        return _trial.Run(chance, () =>
        {
            ImageReader image = Open(chance);
            return (image, [image]);
        });
    }

    public void Dispose() => _folder.Dispose();

    private void Write(ImageBytes[] chain)
    {
        if (Directory.Exists(_series))
            Directory.Delete(_series, recursive: true);
        for (int i = 0; i < chain.Length; i++)
            chain[i].Write(Directory.CreateDirectory(Path.Combine(_series, _names[i])).FullName);
    }

    private ImageReader Open(Chance chance)
    {
        ImageReader image = ImageReader.Open(ImageSeries.NewestIn(_series) ?? Path.Combine(_series, _names[^1]));
        if (!chance.OneIn(3))
            return image;
        using (image)
        {
            string merged = Path.Combine(_series, "merged");
            ImageMerge.WriteAsync(image, merged, new NoFlush()).GetAwaiter().GetResult();
            return ImageReader.Open(merged);
        }
    }

    /// <summary>What a crash, or somebody who tidies up, leaves of a series.</summary>
    private void Mislay(Chance chance)
    {
        string image = Path.Combine(_series, chance.Pick(_names));
        switch (chance.Below(7))
        {
            case 0:
                Directory.Delete(image, recursive: true);
                break;
            case 1:
                File.Delete(Path.Combine(image, chance.Pick(["manifest", "pages", "dataspaces"])));
                break;
            case 2:
                Directory.Move(image, Path.Combine(_series, chance.Pick([".folding", "99999999999999999999", "00000009", "+0000005"])));
                break;
            case 3:
                string folding = Directory.CreateDirectory(Path.Combine(_series, ".folding")).FullName;
                File.Copy(Path.Combine(image, "pages"), Path.Combine(folding, "pages"));
                break;
            case 4:
                File.WriteAllText(Path.Combine(_series, "00000009"), "no directory");
                break;
            case 5:
                Directory.Delete(image, recursive: true);
                File.CreateSymbolicLink(image, Path.Combine(_series, chance.Pick(_names)));
                break;
            default:
                File.WriteAllText(Path.Combine(image, "partial"), "");
                break;
        }
    }

    private sealed class NoFlush : IDirectoryFlush
    {
        public void Flush(string directory)
        {
        }
    }
}
