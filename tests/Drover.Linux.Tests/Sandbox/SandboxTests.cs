using Drover.Platform;
using Xunit;

namespace Drover.Linux.Tests.Sandbox;

/// <summary>The sandbox from inside: each attempt is refused or ends the component that made it.</summary>
[Trait("Category", "Process")]
public sealed class SandboxTests : IDisposable
{
    private readonly Confined _component = new();

    public void Dispose() => _component.Dispose();

    [Fact]
    public async Task Ordinary_work_is_done()
    {
        Assert.Equal(new ProcessExit(3, 0), await _component.Run("work"));
        Assert.Equal(
            [
                "sum 210", "thread worker", "guid True", "files /rom/greeting", "folder / True",
                "process 2 drover True", $"memory {Confined.Limits.PrivateMemoryBytes / 4 * 3}", "input 0",
            ],
            _component.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("to standard error\n", _component.Error);
    }

    [Fact]
    public async Task The_nodes_files_are_not_there_and_nothing_can_be_written()
    {
        Assert.Equal(new ProcessExit(0, 0), await _component.Run("files"));
        Dictionary<string, string> results = _component.Results;
        Assert.Equal("good day", results["rom"]);
        Assert.Equal("30", results["create"]);
        Assert.Equal("30", results["write"]);
        Assert.All(results.Where(result => result.Key.StartsWith('/')), result => Assert.Equal("2", result.Value));
        Assert.DoesNotContain("opened", _component.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_that_reach_beyond_the_process_are_refused()
    {
        Assert.Equal(new ProcessExit(0, 0), await _component.Run("calls"));
        Dictionary<string, string> expected = new()
        {
            ["socket"] = "97",
            ["execve"] = "13",
            ["mkdir"] = "30",
            ["clone3"] = "38",
            ["pidfd_open"] = "38",
            ["io_uring_setup"] = "38",
            ["unknown"] = "38",
            ["tkill-other"] = "3",
            ["dispatch"] = "22",
            ["dumpable"] = "22",
        };
        Dictionary<string, string> results = _component.Results;
        Assert.Equal(39, results.Count);
        Assert.All(results, result => Assert.Equal((result.Key, expected.GetValueOrDefault(result.Key, "1")), (result.Key, result.Value)));
    }

    [Fact]
    public async Task No_mapping_call_reaches_the_stub()
    {
        Assert.Equal(new ProcessExit(0, 0), await _component.Run("memory-map"));
        Dictionary<string, string> results = _component.Results;
        foreach (string attempt in (string[])
            ["map-over", "map-from-below", "unmap", "unmap-all", "protect", "advise", "move-over", "move-away", "shared"])
        {
            Assert.Equal((attempt, "1"), (attempt, results[attempt]));
        }
        Assert.Equal("22", results["dont-fork"]);
        Assert.Equal("22", results["wipe-on-fork"]);
        Assert.Equal("ok", results["private"]);
        Assert.Equal("cc", results["stub-byte"]);
    }

    [Theory]
    [InlineData("stub", 6)] // SIGTRAP, which the .NET runtime turns into SIGABRT
    [InlineData("int80", 31)] // SIGSYS
    [InlineData("x32", 31)]
    public async Task Ways_around_the_filter_end_the_component(string attempt, int signal)
    {
        Assert.Equal(new ProcessExit(0, signal), await _component.Run(attempt));
        Assert.DoesNotContain("survived", _component.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unhandled_exception_shows_its_trace_and_its_signal()
    {
        Assert.Equal(new ProcessExit(0, 6), await _component.Run("unhandled"));
        Assert.Contains("InvalidOperationException: nobody catches this", _component.Error, StringComparison.Ordinal);
        Assert.Contains("at Program.", _component.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_exit_status_is_seen() => Assert.Equal(new ProcessExit(42, 0), await _component.Run("42"));

    [Fact]
    public async Task Copies_of_the_consoles_descriptors_are_the_console_and_a_redirected_one_is_not()
    {
        Assert.Equal(new ProcessExit(0, 0), await _component.Run("copies"));
        Assert.Equal("one three four\n", _component.Output);
        Assert.Equal("two ", _component.Error);
    }

    [Fact]
    public async Task An_open_that_signals_interrupt_gives_one_descriptor()
    {
        Assert.Equal(new ProcessExit(0, 0), await _component.Run("hail"));
        Assert.Equal(new Dictionary<string, string> { ["failed"] = "0", ["left"] = "0" }, _component.Results);
    }

    [Fact]
    public async Task What_a_handler_throws_ends_the_component_alone()
    {
        _component.OnPrivateCall = () => throw new InvalidOperationException("a fault of core's");
        Assert.Equal(new ProcessExit(0, 9), await _component.Run("private"));
        Assert.Contains("the node failed at system call 3328: System.InvalidOperationException: a fault of core's", _component.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receiving_and_answering_a_call_allocates_nothing()
    {
        const int Calls = 10_000;
        List<long> allocated = new(3 * Calls);
        _component.OnPrivateCall = () => allocated.Add(GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(new ProcessExit(0, 0), await _component.Run("privates", $"{2 * Calls}"));
        Assert.Equal(2 * Calls, allocated.Count);
        // The runtime may enlarge something of its own once in a while. An object for each call would be ten times as much.
        Assert.InRange(allocated[^1] - allocated[^Calls], 0, Calls);
    }

    [Theory]
    [InlineData("memory-bomb")]
    [InlineData("hidden-memory-bomb")]
    [InlineData("thread-bomb")]
    [InlineData("file-bomb")]
    public async Task A_bomb_meets_its_limit(string bomb)
    {
        ProcessExit exit = await _component.Run(bomb);
        // With nothing left the runtime may be the one that fails next, and aborts.
        if (exit != new ProcessExit(0, 6))
            Assert.StartsWith("stopped after", _component.Output, StringComparison.Ordinal);
    }
}
