using Drover.Fuzz.Running;
using Drover.Images;

namespace Drover.Fuzz.Images;

/// <summary>
/// Images as enemy data: each is restored or refused by a declared error, in bounded time and memory. What is refused leaves nothing
/// behind; what is restored can be driven by hostile calls and ended, and then nothing of it is left either.
/// </summary>
internal sealed class ImagesTarget : IFuzzTarget
{
    private readonly FuzzFolder _folder = new("images");
    private readonly string _case;
    private readonly ImageBytes[] _images;
    private readonly RestoreTrial _trial;

    public ImagesTarget()
    {
        _case = _folder.Make("case");
        ImageSource source = new(_folder.Module());
        _images = [Written(source, "plain", compress: false), Written(source, "packed", compress: true)];
        _trial = new RestoreTrial(offersSheep: true);
    }

    public string Name => "images";

    public string Detail => _trial.Refusal;

    public string RunCase(Chance chance)
    {
        ImageBytes damaged = chance.Pick(_images).Copy();
        ImageDamage.Apply(damaged, chance);
        damaged.Write(_case);
        return _trial.Run(chance, () =>
        {
            ImageReader image = ImageReader.Open(_case);
            return (image, [image]);
        });
    }

    public void Dispose() => _folder.Dispose();

    private ImageBytes Written(ImageSource source, string name, bool compress)
    {
        string directory = _folder.PathOf(name);
        source.Write(directory, compress);
        return ImageBytes.Read(directory);
    }
}
