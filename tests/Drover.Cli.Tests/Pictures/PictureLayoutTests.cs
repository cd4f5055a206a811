using Drover.Cli.Pictures.Layout;

namespace Drover.Cli.Tests.Pictures;

/// <summary>Nothing lies over anything else, leaves the picture, or runs over its edge.</summary>
public sealed class PictureLayoutTests
{
    private static readonly BoxStyle[] Cards = [BoxStyle.Card, BoxStyle.CardAbsent, BoxStyle.CardWrong, BoxStyle.Strip];

    public static TheoryData<string> Names => SampleModels.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Cards_and_flags_do_not_overlap(string name)
    {
        List<Rect> areas = [.. Items(name).Select(AreaOf).OfType<Rect>().OrderBy(area => area.Y)];
        for (int first = 0; first < areas.Count; first++)
        {
            for (int second = first + 1; second < areas.Count && areas[second].Y < areas[first].Bottom; second++)
                Assert.False(areas[first].Overlaps(areas[second]), $"{areas[first]} and {areas[second]}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Everything_is_inside_the_picture(string name)
    {
        Scene scene = SampleModels.Scene(name);
        Rect paper = scene.ViewBox.Inset(8);
        foreach (SceneItem item in Flatten(scene.Items))
        {
            Rect extent = item switch
            {
                SceneBox box => box.Area,
                SceneText text => text.Extent,
                SceneFlag flag => flag.Area,
                SceneSign sign => new Rect(sign.X, sign.Y, 12, 12),
                SceneArrow arrow => new Rect(arrow.FromX, arrow.FromY - 4, arrow.ToX - arrow.FromX, 8),
                SceneBoundary line => new Rect(line.X, line.FromY, 0, line.ToY - line.FromY),
                _ => throw new InvalidOperationException($"A {item.GetType().Name} has no extent."),
            };
            Assert.True(paper.Contains(extent), $"{item} leaves {paper}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cards_stand_in_the_domain_or_in_core(string name)
    {
        List<SceneItem> items = [.. Items(name)];
        List<Rect> boxes = [.. items.OfType<SceneBox>().Where(box => box.Style is BoxStyle.Domain or BoxStyle.Core).Select(box => box.Area)];
        double top = boxes[0].Y;
        Assert.All(
            items.OfType<SceneBox>().Where(box => Cards.Contains(box.Style) && box.Area.Y >= top),
            card => Assert.Single(boxes, box => box.Contains(card.Area)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_text_fits_where_it_stands(string name) =>
        Assert.All(Items(name).OfType<SceneText>(), text => Assert.True(text.Within.Contains(text.Extent), $"{text} is {text.Extent}"));

    [Theory]
    [MemberData(nameof(Names))]
    public void No_text_lies_over_another(string name)
    {
        List<SceneText> texts = [.. Items(name).OfType<SceneText>().OrderBy(text => text.Extent.Y)];
        for (int first = 0; first < texts.Count; first++)
        {
            for (int second = first + 1; second < texts.Count && texts[second].Extent.Y < texts[first].Extent.Bottom; second++)
                Assert.False(texts[first].Extent.Overlaps(texts[second].Extent), $"{texts[first]} and {texts[second]}");
        }
    }

    [Fact]
    public void The_same_selector_is_in_the_same_row_before_and_after()
    {
        Scene scene = SampleModels.Scene("10 restored");
        double middle = scene.Width / 2;
        List<SceneText> texts = [.. Flatten(scene.Items).OfType<SceneText>().Where(text => text.Style == TextStyle.CardTitle && text.Content.All(char.IsAsciiDigit))];
        IEnumerable<(string, double)> before = texts.Where(text => text.X < middle).Select(text => (text.Content, text.Baseline));
        IEnumerable<(string, double)> after = texts.Where(text => text.X > middle).Select(text => (text.Content, text.Baseline));
        Assert.Equal(10, before.Count());
        Assert.Equal(before, after);
    }

    [Fact]
    public void Text_is_cut_where_it_stops_fitting()
    {
        Assert.Equal("short", TextMeasure.Fit("short", TextStyle.Note, 100));
        string cut = TextMeasure.Fit(new string('W', 1000), TextStyle.Note, 100);
        Assert.EndsWith("\u2026", cut, StringComparison.Ordinal);
        Assert.InRange(TextMeasure.Width(cut, TextStyle.Note), 85, 100);
    }

    internal static IEnumerable<SceneItem> Flatten(IEnumerable<SceneItem> items) =>
        items.SelectMany(item => item is SceneGroup group ? Flatten(group.Items) : [item]);

    private static IEnumerable<SceneItem> Items(string name) => Flatten(SampleModels.Scene(name).Items);

    private static Rect? AreaOf(SceneItem item) => item switch
    {
        SceneBox box when Cards.Contains(box.Style) => box.Area,
        SceneFlag flag => flag.Area,
        _ => null,
    };
}
