using System.Globalization;
using System.Text.Json;

namespace Drover.Bench;

/// <summary>Prints what was measured.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <param name="load">Of the machine before the first measure.</param>
    public static void Print(IReadOnlyList<Measure> measures, BenchOptions options, string load)
    {
        if (options.Json)
            Console.Out.WriteLine(JsonSerializer.Serialize(measures.Select(measure => measure.Summary), s_json));
        else
            PrintTable(measures, load);
    }

    /// <summary>Text that is a Markdown table too.</summary>
    private static void PrintTable(IReadOnlyList<Measure> measures, string load)
    {
        Console.Out.WriteLine(Machine.Describe());
        Console.Out.WriteLine($"Nodes and components are pinned to processor {Pinning.Processor}; load when it began: {load}");
        Console.Out.WriteLine();
        string[][] rows =
        [
            ["", "median", "min", "max", "unit", "target", "runs"],
            .. measures.Select(Row),
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        Write(rows[0], widths);
        Console.Out.WriteLine($"|{string.Join('|', widths.Select((width, column) => new string('-', width + 1) + (column == 0 ? '-' : ':')))}|");
        foreach (string[] row in rows.Skip(1))
            Write(row, widths);
    }

    private static string[] Row(Measure measure) =>
    [
        measure.Name,
        Figure(measure.Median),
        Figure(measure.Figures.Min()),
        Figure(measure.Figures.Max()),
        measure.Unit,
        measure.Target is not { } target ? "" : measure.Median <= target ? $"{target} met" : $"{target} MISSED",
        measure.Figures.Count.ToString(CultureInfo.InvariantCulture),
    ];

    private static void Write(string[] row, int[] widths) => Console.Out.WriteLine(
        $"| {string.Join(" | ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |");

    private static string Figure(double figure) => figure.ToString(figure >= 1000 ? "F0" : figure >= 100 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
