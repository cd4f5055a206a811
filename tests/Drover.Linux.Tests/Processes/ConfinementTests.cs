using Drover.Platform;
using Xunit;

namespace Drover.Linux.Tests.Processes;

[Trait("Category", "Process")]
public sealed class ConfinementTests : IDisposable
{
    private const string NoCapability = "0000000000000000";

    private readonly ServantProcess _servant = new();

    public void Dispose() => _servant.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Every_thread_is_without_rights_launched_or_rebuilt(int moves)
    {
        await _servant.Order(11);
        for (int move = 0; move < moves; move++)
            _servant.Move();
        await _servant.Order(11);
        int process = _servant.Process.HostProcessId;
        foreach (string thread in Directory.EnumerateDirectories($"/proc/{process}/task"))
        {
            Dictionary<string, string> status = File.ReadLines($"{thread}/status")
                .Select(line => line.Split(':', 2))
                .ToDictionary(field => field[0], field => field[1].Trim());
            foreach (string set in (string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
                Assert.Equal(NoCapability, status[set]);
            Assert.Equal("1", status["NoNewPrivs"]);
            Assert.Equal("2", status["Seccomp"]);
            Assert.Equal("1", status["Seccomp_filters"]);
            Assert.Equal("0", status["TracerPid"]);
            Assert.DoesNotMatch(@"\b0\b", status["Uid"].Replace("1000", "", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Its_root_is_empty_and_its_namespaces_are_its_own(int moves)
    {
        await _servant.Order(11);
        for (int move = 0; move < moves; move++)
            _servant.Move();
        int process = _servant.Process.HostProcessId;

        Assert.Empty(Directory.EnumerateFileSystemEntries($"/proc/{process}/root/"));
        Assert.Equal("/", new FileInfo($"/proc/{process}/cwd").LinkTarget);
        foreach (string kind in (string[])["user", "pid", "mnt", "net", "ipc", "uts", "cgroup", "time"])
            Assert.NotEqual(Namespace("self", kind), Namespace($"{process}", kind));
    }

    [Fact]
    public async Task The_stub_page_traps_while_the_component_runs()
    {
        await _servant.Order(11);
        _servant.Move();
        _servant.Process.Stop(TimeSpan.FromSeconds(2)).Dispose();
        byte[] page = new byte[4096];
        using FileStream memory = File.OpenRead($"/proc/{_servant.Process.HostProcessId}/mem");
        memory.Position = 0x10000;
        memory.ReadExactly(page);

        Assert.All(page, content => Assert.Equal(0xcc, content));
    }

    private static string Namespace(string process, string kind) =>
        new FileInfo($"/proc/{process}/ns/{kind}").LinkTarget!;
}
