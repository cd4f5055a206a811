using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Drover.Cli.Pictures;
using Drover.Cli.Pictures.Drawing;
using Drover.Cli.Pictures.Model;

namespace Drover.Cli.Tests.Pictures;

/// <summary>The file: well-formed, harmless whatever a component calls itself, and legible for everyone.</summary>
public sealed class SvgDrawingTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Names => SampleModels.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_well_formed_and_holds_shapes_and_text_only(string name)
    {
        XDocument picture = Read(SampleModels.Get(name));
        Assert.Equal(Svg + "svg", picture.Root!.Name);
        string[] harmless = ["svg", "title", "desc", "style", "g", "rect", "path", "text", "tspan"];
        Assert.All(picture.Descendants(), element =>
        {
            Assert.Equal(Svg, element.Name.Namespace);
            Assert.Contains(element.Name.LocalName, harmless);
            Assert.DoesNotContain(element.Attributes(), attribute =>
                attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || attribute.Name.LocalName == "href");
        });
        Assert.DoesNotContain("url(", picture.Descendants(Svg + "style").Single().Value, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", picture.Descendants(Svg + "style").Single().Value, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_class_that_is_used_has_a_rule(string name)
    {
        XDocument picture = Read(SampleModels.Get(name));
        string style = picture.Descendants(Svg + "style").Single().Value;
        Assert.All(
            picture.Descendants().Attributes("class").SelectMany(attribute => attribute.Value.Split(' ')).Distinct(),
            used => Assert.Matches($@"\.{used}[.,{{\s:]", style));
    }

    [Fact]
    public void Hostile_names_are_text_and_nothing_else()
    {
        byte[] file = PictureFile.Bytes(SampleModels.Get("hostile restored"));
        string source = Encoding.UTF8.GetString(file);
        Assert.DoesNotContain("<script", source, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<!--", source, StringComparison.Ordinal);
        Assert.DoesNotContain(source, c => (char.IsControl(c) && c != '\n') || c is '\u202e' or '\u200b' or '\u2028');
        Assert.Contains(
            XDocument.Parse(source).Descendants(Svg + "title"),
            title => title.Value.Contains("]]><script>alert(1)</script>&amp;\"'", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tower_of_accents_stays_low_and_a_name_without_end_is_cut()
    {
        string source = Encoding.UTF8.GetString(PictureFile.Bytes(SampleModels.Get("hostile")));
        Assert.Contains("a\u0300\u0301", source, StringComparison.Ordinal);
        Assert.DoesNotContain("\u0300\u0301\u0302", source, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('W', 400), source, StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_what_it_shows_to_those_who_cannot_see_it()
    {
        XElement root = Read(SampleModels.Get("1000 restored")).Root!;
        Assert.Equal("img", root.Attribute("role")!.Value);
        string[] labels = root.Attribute("aria-labelledby")!.Value.Split(' ');
        Assert.Equal(labels, root.Elements().Take(2).Select(element => element.Attribute("id")!.Value));
        Assert.Equal("Capabilities of Sample", root.Element(Svg + "title")!.Value);
        Assert.StartsWith(
            "Before: image sample, made on ecu-a; after: running on ecu-b. 997 of 1000 selectors keep their object, 997 badges are new, 3 void",
            root.Element(Svg + "desc")!.Value,
            StringComparison.Ordinal);
    }

    [Fact]
    public void It_tells_no_path_of_the_machine_it_was_made_on() =>
        Assert.DoesNotContain("/", string.Concat(Read(SampleModels.Get("1000 restored")).Root!.Elements(Svg + "text").Select(text => text.Value)), StringComparison.Ordinal);

    [Fact]
    public void Details_of_each_row_are_in_its_tooltip()
    {
        IEnumerable<string> tooltips = Read(SampleModels.Get("10")).Descendants(Svg + "g").Elements(Svg + "title").Select(title => title.Value);
        Assert.Equal(10, tooltips.Count());
        Assert.Contains(
            "selector 21\ncore: Gate label 0, badge 5cd762c800000016, entrypoint 0\ncore: delivered and not given back 1 time\n"
            + "capability map: badge 5cd762c800000016, 1 owner, 1 delivery\nobject pool: label 0, badge 5cd762c800000016",
            tooltips);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Colours_keep_the_contrast_that_legible_text_needs(bool dark)
    {
        Palette palette = dark ? Palette.Dark : Palette.Light;
        FamilyColours[] families = [.. Enum.GetValues<ObjectFamily>().Select(palette.Of), palette.New, palette.Wrong];
        string[] behindText = [palette.Paper, palette.Domain, palette.Core, palette.Card, .. families.Select(family => family.Tint)];
        Assert.All(behindText, background =>
        {
            Assert.InRange(Contrast(palette.Ink, background), 7, 21);
            Assert.InRange(Contrast(palette.FaintInk, background), 4.5, 21);
        });
        Assert.All(families, family => Assert.All(
            [family.Tint, palette.Domain, palette.Core, palette.Paper],
            background => Assert.InRange(Contrast(family.Line, background), 3, 21)));
        Assert.InRange(Contrast(palette.WrongInk, palette.Wrong.Tint), 4.5, 21);
        Assert.Equal(7, Enum.GetValues<ObjectFamily>().Select(family => Signs.Of(family).Path).Distinct().Count());
    }

    [Fact]
    public void A_small_picture_is_drawn_as_it_was()
    {
        var before = SampleReports.Of(10, image: "/x/sample");
        string drawn = Encoding.UTF8.GetString(PictureFile.Bytes(PictureModel.Of(before, SampleReports.Restored(before, 20))));
        string golden = Path.Combine(AppContext.BaseDirectory, "Pictures", "Golden", "small.svg");
        string beside = Path.Combine(AppContext.BaseDirectory, "small.actual.svg");
        if (File.Exists(golden) && File.ReadAllText(golden) == drawn)
            return;
        File.WriteAllText(beside, drawn);
        Assert.Fail($"The picture is another. Look at '{beside}', and if it is as it should be make it Pictures/Golden/small.svg.");
    }

    internal static XDocument Read(PictureModel model)
    {
        using var content = new MemoryStream(PictureFile.Bytes(model));
        using var reader = XmlReader.Create(content, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return XDocument.Load(reader);
    }

    /// <summary>WCAG 2.2, contrast ratio.</summary>
    private static double Contrast(string first, string second)
    {
        double a = Luminance(first);
        double b = Luminance(second);
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string colour)
    {
        double Channel(int at)
        {
            double value = int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(1)) + (0.7152 * Channel(3)) + (0.0722 * Channel(5));
    }
}
