using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Drover.Bench;

/// <summary>What was measured, for people and for programs.</summary>
/// <param name="measures">In the order in which they are shown.</param>
/// <param name="notes">What the reader has to know besides.</param>
/// <param name="load">Of the machine before the first measure.</param>
internal sealed class Report(IReadOnlyList<Measure> measures, IReadOnlyList<string> notes, string load)
{
    private const string BeginMark = "<!-- figures -->";
    private const string EndMark = "<!-- end of figures -->";
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public void Publish(BenchOptions options)
    {
        if (options.Json)
            Console.Out.WriteLine(JsonSerializer.Serialize(measures.Select(measure => measure.Summary), s_json));
        else if (measures.Count > 0)
            Console.Out.Write(Markdown());
        if (options.Results is { } file)
            File.WriteAllText(file, Replace(File.ReadAllText(file), Markdown()));
    }

    /// <summary>A text whose part between the marks is replaced.</summary>
    public static string Replace(string text, string figures)
    {
        int begin = text.IndexOf(BeginMark, StringComparison.Ordinal);
        int end = text.IndexOf(EndMark, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new BenchException($"the file for the results has no lines '{BeginMark}' and '{EndMark}' between which they would go");
        return $"{text[..(begin + BeginMark.Length)]}\n{figures}{text[end..]}";
    }

    /// <summary>Text that is a Markdown table too.</summary>
    public string Markdown()
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Machine.Describe()}.");
        string placed = Pinning.IsPinned ? $"are pinned to processor {Pinning.Processor}" : "may use all processors";
        text.AppendLine(CultureInfo.InvariantCulture, $"Nodes and components {placed}; load when it began: {load}.");
        foreach (string note in notes)
            text.AppendLine().AppendLine(note);
        bool hasCriu = measures.Any(measure => measure.CriuMedian is not null);
        string[][] rows =
        [
            ["", "median", "min", "max", "unit", "target", "runs", .. hasCriu ? ["CRIU (ratio)"] : Array.Empty<string>()],
            .. measures.Select(measure => Row(measure, hasCriu)),
        ];
        text.AppendLine();
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        Write(text, rows[0], widths);
        text.AppendLine(CultureInfo.InvariantCulture, $"|{string.Join('|', widths.Select((width, column) => new string('-', width + 1) + (column == 0 ? '-' : ':')))}|");
        foreach (string[] row in rows.Skip(1))
            Write(text, row, widths);
        return text.ToString();
    }

    private static string[] Row(Measure measure, bool hasCriu) =>
    [
        measure.Name,
        Figure(measure.Median),
        Figure(measure.Figures.Min()),
        Figure(measure.Figures.Max()),
        measure.Unit,
        measure.Target is not { } target ? "" : measure.Median <= target ? $"{Plain(target)} met" : $"{Plain(target)} MISSED",
        measure.Figures.Count.ToString(CultureInfo.InvariantCulture),
        .. hasCriu ? [measure.CriuMedian is { } criu ? $"{Figure(criu)} ({Figure(criu / measure.Median)} x)" : ""] : Array.Empty<string>(),
    ];

    private static void Write(StringBuilder text, string[] row, int[] widths) => text.AppendLine(
        CultureInfo.InvariantCulture,
        $"| {string.Join(" | ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |");

    private static string Plain(double figure) => figure.ToString(CultureInfo.InvariantCulture);

    private static string Figure(double figure) => figure.ToString(figure >= 1000 ? "F0" : figure >= 100 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
