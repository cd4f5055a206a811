using Drover.Bench.Criu;

namespace Drover.Bench.Tests;

/// <summary>Whether there is a CRIU to compare with is decided, and what it says is read, with scripts in its place.</summary>
public sealed class CriuTests : IDisposable
{
    /// <summary>A dump that took 300 us to freeze and froze for 5100 us, as CRIU 4 writes it.</summary>
    private const string Statistics =
        @"\100\131\020\125\006\063\011\127\010\000\000\000\012\006\010\254\002\020\354\047";

    private readonly ScriptFolder _scripts = new();

    public void Dispose() => _scripts.Dispose();

    [Fact]
    public async Task Without_the_program_nothing_is_compared_and_that_is_said()
    {
        CriuProgram found = await CriuProgram.FindAsync($"{_scripts.Path}:/nowhere", default);
        Assert.Null(found.Path);
        Assert.Contains("no criu on the PATH", found.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_version_is_not_used_even_if_it_says_that_it_works()
    {
        _scripts.Add("criu", "[ \"$1\" = check ] || echo 'Version: 3.17.1'");
        CriuProgram found = await CriuProgram.FindAsync(_scripts.Path, default);
        Assert.Null(found.Path);
        Assert.Contains("version 3.17.1", found.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_fails_its_own_check_is_not_used_and_its_reason_is_told()
    {
        _scripts.Add("criu", "if [ \"$1\" = check ]; then echo 'Error: no userns here' >&2; exit 3; fi; echo 'Version: 4.2'");
        CriuProgram found = await CriuProgram.FindAsync(_scripts.Path, default);
        Assert.Null(found.Path);
        Assert.Contains("ended with 3: Error: no userns here", found.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_say_its_version_is_not_used()
    {
        _scripts.Add("criu", "echo hello");
        Assert.Null((await CriuProgram.FindAsync(_scripts.Path, default)).Path);
    }

    [Fact]
    public async Task One_that_is_new_enough_and_works_is_used()
    {
        string path = _scripts.Add("criu", "[ \"$1\" = check ] || printf 'Version: 4.2\\nGitID: v4.2\\n'");
        CriuProgram found = await CriuProgram.FindAsync($"/nowhere:{_scripts.Path}", default);
        Assert.Equal(path, found.Path);
        Assert.Contains("CRIU 4.2", found.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pause_of_each_dump_is_what_the_program_wrote_into_its_statistics()
    {
        string criu = _scripts.Add("criu", $$"""
            echo "$@" >>"{{_scripts.Path}}/calls"
            while [ $# -gt 0 ]; do [ "$1" = --images-dir ] && folder=$2; shift; done
            printf '{{Statistics}}' >"$folder/stats-dump"
            """);
        string program = _scripts.Add("program", "n=1; while :; do echo \"round $n\"; n=$((n+1)); sleep 0.01; done");
        using ImageFolder images = new();
        CriuDumps dumps = await CriuMeasures.DumpAsync(new CriuProgram(criu, ""), program, FlockOrder.Small, images, 2, default);
        Assert.Equal([5.4, 5.4], dumps.Pauses);
        Assert.Equal(2, dumps.Totals.Count);
        string[] calls = await File.ReadAllLinesAsync(Path.Combine(_scripts.Path, "calls"));
        Assert.Equal(2, calls.Length);
        Assert.All(calls, call => Assert.Matches(@"^dump --tree \d+ --images-dir \S+ --leave-running$", call));
    }

    [Fact]
    public async Task A_dump_that_fails_tells_what_the_program_said_last()
    {
        string criu = _scripts.Add("criu", "echo first; echo 'Error: can not dump' >&2; exit 1");
        BenchException failure = await Assert.ThrowsAsync<BenchException>(() => new CriuProgram(criu, "").RunAsync(["dump"], default));
        Assert.Contains("Error: can not dump", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_that_are_cut_off_or_of_something_else_are_refused()
    {
        byte[] whole = [0x40, 0x59, 0x10, 0x55, 0x06, 0x33, 0x09, 0x57, 8, 0, 0, 0, 0x0A, 6, 8, 0xAC, 2, 0x10, 0xEC, 0x27];
        Assert.Equal(TimeSpan.FromMicroseconds(5400), DumpStatistics.Read(whole).Pause);
        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<BenchException>(() => DumpStatistics.Read(whole.AsSpan(0, length)));
        whole[0] ^= 1;
        Assert.Throws<BenchException>(() => DumpStatistics.Read(whole));
    }
}
