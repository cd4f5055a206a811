namespace Drover.Bench.Tests;

public sealed class ReportTests
{
    [Fact]
    public void Only_the_marked_part_of_the_file_is_replaced()
    {
        string text = Report.Replace("before\n<!-- figures -->\nold\n<!-- end of figures -->\nafter\n", "new\n");
        Assert.Equal("before\n<!-- figures -->\nnew\n<!-- end of figures -->\nafter\n", text);
    }

    [Fact]
    public void A_file_without_marks_is_left_alone() =>
        Assert.Throws<BenchException>(() => Report.Replace("<!-- end of figures --> <!-- figures -->", "new"));

    [Fact]
    public void A_target_is_met_by_the_median_and_the_ratio_to_criu_stands_beside()
    {
        Measure met = new("one", "ms", 4, [1, 4, 100]) { Criu = [8, 8, 9] };
        Measure missed = new("other", "ms", 3.9, [1, 4, 100]);
        string[] lines = new Report([met, missed], ["a note"], "0 0 0").Markdown().Split('\n');
        Assert.Contains("a note", lines);
        Assert.Contains(lines, line => line.StartsWith("| one", StringComparison.Ordinal)
            && line.Contains("4 met", StringComparison.Ordinal) && line.Contains("8.00 (2.00 x)", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("| other", StringComparison.Ordinal) && line.Contains("3.9 MISSED", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("memory", true)]
    [InlineData("--quick", true)]
    [InlineData("--results", false)]
    [InlineData("sheep", false)]
    public void What_is_not_known_is_refused(string argument, bool isKnown) =>
        Assert.Equal(isKnown, BenchOptions.TryParse([argument], out _));

    [Fact]
    public void Plots_alone_measure_no_group_and_named_groups_no_other()
    {
        Assert.True(BenchOptions.TryParse(["--plots", "pictures"], out BenchOptions plots));
        Assert.DoesNotContain(BenchOptions.KnownGroups, plots.Includes);
        Assert.True(BenchOptions.TryParse(["memory", "calls"], out BenchOptions named));
        Assert.Equal(["calls", "memory"], BenchOptions.KnownGroups.Where(named.Includes));
        Assert.True(BenchOptions.TryParse([], out BenchOptions all));
        Assert.Equal(BenchOptions.KnownGroups.Except([BenchOptions.Throughput]), BenchOptions.KnownGroups.Where(all.Includes));
    }
}
