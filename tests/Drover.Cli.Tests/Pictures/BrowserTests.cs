using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Drover.Cli.Pictures;
using Drover.Cli.Pictures.Layout;

namespace Drover.Cli.Tests.Pictures;

/// <summary>The picture in a real browser, with the fonts that are there: estimates are worth nothing if a reader sees otherwise.</summary>
public sealed class BrowserTests : IDisposable
{
    /// <summary>Glyphs are moved to whole pixels, and may stand out of their advance width; cards have more margin than that.</summary>
    private const double Tolerance = 1.5;

    // For each text: its extent, and whether a click into its middle hits it, which it does if nothing is drawn over it.
    private const string Measure = """
        const result = [...document.querySelectorAll('text')].map(text => {
            const box = text.getBBox();
            const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return [box.x, box.y, box.width, box.height, hit === text || text.contains(hit) ? 1 : 0];
        });
        document.getElementById('result').textContent = JSON.stringify(result);
        """;

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [BrowserTheory]
    [InlineData("10")]
    [InlineData("1000")]
    [InlineData("1000 restored")]
    [InlineData("hostile")]
    [InlineData("hostile restored")]
    public async Task Every_text_is_seen_where_it_belongs_and_none_lies_over_another(string name)
    {
        List<SceneText> expected =
            [.. PictureLayoutTests.Flatten(SampleModels.Scene(name).Items).OfType<SceneText>()];
        double[][] seen = await MeasureAsync(name);
        Assert.Equal(expected.Count, seen.Length);
        for (int index = 0; index < seen.Length; index++)
            CheckPlace(expected[index], seen[index]);
        foreach (IGrouping<double, int> line in Enumerable.Range(0, seen.Length).GroupBy(index => expected[index].Baseline))
            CheckLine([.. line.Select(index => (expected[index], seen[index])).OrderBy(text => text.Item2[0])]);
    }

    private static void CheckPlace(SceneText expected, double[] seen)
    {
        Assert.True(seen[2] > 0, $"'{expected.Content}' is not seen");
        Assert.True(seen[4] == 1, $"'{expected.Content}' is covered");
        Assert.True(seen[0] >= expected.Within.X - Tolerance, $"'{expected.Content}' begins at {seen[0]}, outside {expected.Within}");
        Assert.True(seen[0] + seen[2] <= expected.Within.Right + Tolerance, $"'{expected.Content}' ends at {seen[0] + seen[2]}, outside {expected.Within}");
    }

    private static void CheckLine((SceneText Text, double[] Seen)[] line)
    {
        for (int index = 1; index < line.Length; index++)
        {
            (SceneText left, double[] first) = line[index - 1];
            (SceneText right, double[] second) = line[index];
            Assert.True(first[0] + first[2] <= second[0] + Tolerance, $"'{left.Content}' runs into '{right.Content}'");
        }
    }

    private async Task<double[][]> MeasureAsync(string name)
    {
        XElement picture = XDocument.Parse(Encoding.UTF8.GetString(PictureFile.Bytes(SampleModels.Get(name))), LoadOptions.PreserveWhitespace).Root!;
        string page = _scratch.File("page.xhtml");
        await File.WriteAllTextAsync(page, $"""
            <html xmlns="http://www.w3.org/1999/xhtml"><body style="margin:0">{picture.ToString(SaveOptions.DisableFormatting)}
            <pre id="result"/><script>//<![CDATA[
            {Measure}
            //]]></script></body></html>
            """);
        string document = await Browser.OpenAsync(page, _scratch.File("profile"));
        Match result = Regex.Match(document, """<pre id="result">(\[.*?\])</pre>""");
        Assert.True(result.Success, document);
        return JsonSerializer.Deserialize<double[][]>(result.Groups[1].Value)!;
    }
}
