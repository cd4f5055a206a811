using System.Globalization;
using System.Text;
using Drover.Linux.Personality;
using Drover.Platform;
using Drover.Platform.Traps;
using Xunit;

namespace Drover.Linux.Tests.Personality;

public sealed class RuntimeFileViewTests : IDisposable
{
    private static readonly ProcessLimits Limits = new(128ul << 20, 20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("drover-view-");
    private readonly RuntimeFileView _view;
    private readonly ViewAsker _asker;

    public RuntimeFileViewTests()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "program.dll"), "x");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "sub"));
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "out"), "/etc/shadow");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "outside"), "/etc");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "in"), "program.dll");
        int id = int.Parse(Path.GetFileName(new FileInfo("/proc/thread-self").LinkTarget!), CultureInfo.InvariantCulture);
        _asker = new ViewAsker(id, id);
        _view = new RuntimeFileView(Limits, [_folder.FullName],
            new Dictionary<string, ViewEntry> { ["config"] = new ViewEntry.HostFile("/etc/hostname") });
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_programs_own_files_are_there()
    {
        string path = $"{_folder.FullName}/program.dll";
        Assert.Equal(path, Assert.IsType<ViewEntry.HostFile>(Find(path)).HostPath);
        Assert.Equal(["in", "out", "outside", "program.dll", "sub"], Names(_folder.FullName));
        Assert.Equal("program.dll", Assert.IsType<ViewEntry.Link>(Find($"{_folder.FullName}/in")).Target);
    }

    [Fact]
    public void A_link_does_not_lead_out()
    {
        Assert.Equal("/etc/shadow", Assert.IsType<ViewEntry.Link>(Find($"{_folder.FullName}/out")).Target);
        Assert.Null(Find($"{_folder.FullName}/outside/shadow"));
    }

    [Theory]
    [InlineData("/etc/shadow")]
    [InlineData("/etc/hostname")]
    [InlineData("/root")]
    [InlineData("/proc/1/maps")]
    [InlineData("/proc/kcore")]
    [InlineData("/proc/self/mem")]
    [InlineData("/proc/self/environ")]
    [InlineData("/sys/kernel")]
    [InlineData("/sys/devices/system/cpu/../../../../etc/shadow")]
    [InlineData("/dev/mem")]
    [InlineData("/dev/tty")]
    [InlineData("/rom/other")]
    [InlineData("/tmp/elsewhere")]
    public void The_rest_of_the_node_is_not_there(string path) => Assert.Null(Find(path));

    [Fact]
    public void Rom_modules_have_their_names()
    {
        Assert.Equal(["config"], Names("/rom"));
        Assert.IsType<ViewEntry.HostFile>(Find("/rom/config"));
    }

    [Fact]
    public void Memory_is_the_quota()
    {
        Assert.Contains($"MemTotal:         {(128 << 20) / 1024} kB", Text("/proc/meminfo"), StringComparison.Ordinal);
        Assert.Equal($"{128 << 20}\n", Text("/sys/fs/cgroup/memory.max"));
        Assert.Equal("0::/\n", Text($"/proc/{Environment.ProcessId}/cgroup"));
    }

    [Fact]
    public void The_process_finds_itself()
    {
        Assert.Equal($"{Environment.ProcessId}", Assert.IsType<ViewEntry.Link>(Find("/proc/self")).Target);
        Assert.Equal(Environment.ProcessPath, Assert.IsType<ViewEntry.Link>(Find("/proc/self/exe")).Target);
        Assert.StartsWith($"{Environment.ProcessId} (", Text("/proc/self/stat"), StringComparison.Ordinal);
        Assert.Contains($"\nPid:\t{Environment.ProcessId}\n", Text("/proc/self/status"), StringComparison.Ordinal);
        Assert.Contains($"{_asker.ThreadId}", Names("/proc/self/task"));
        Assert.EndsWith($"/task/{_asker.ThreadId}/comm",
            Assert.IsType<ViewEntry.ThreadName>(Find($"/proc/self/task/{_asker.ThreadId}/comm")).HostPath, StringComparison.Ordinal);
        Assert.StartsWith($"{_asker.ThreadId} (", Text($"/proc/self/task/{_asker.ThreadId}/stat"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_root_shows_what_can_be_reached()
    {
        List<string> names = Names("/");
        Assert.Contains("rom", names);
        Assert.Contains("proc", names);
        Assert.DoesNotContain("root", names);
    }

    [Fact]
    public void The_environment_is_the_runtimes_and_the_components()
    {
        IReadOnlyList<string> variables = Drover.Linux.Personality.RuntimeEnvironment.Build(Limits, "/opt/dotnet", ["A=1", "TERM=vt"]);
        Assert.Contains("DOTNET_EnableWriteXorExecute=0", variables);
        Assert.Contains("DOTNET_GCHeapHardLimit=0x6000000", variables);
        Assert.Contains("DOTNET_ROOT=/opt/dotnet", variables);
        Assert.Contains("A=1", variables);
        Assert.Contains("TERM=vt", variables);
        Assert.DoesNotContain("TERM=dumb", variables);
        Assert.Throws<ArgumentException>(() => Drover.Linux.Personality.RuntimeEnvironment.Build(Limits, null, ["nothing"]));
    }

    [Theory]
    [InlineData(32ul, 16ul)]
    [InlineData(64ul, 40ul)]
    [InlineData(128ul, 96ul)]
    [InlineData(1024ul, 768ul)]
    public void The_heap_leaves_room_for_the_runtime(ulong quotaMebibytes, ulong heapMebibytes) =>
        Assert.Equal(heapMebibytes << 20,
            Drover.Linux.Personality.RuntimeEnvironment.HeapLimitBytes(new ProcessLimits(quotaMebibytes << 20, 10)));

    private ViewEntry? Find(string path) => _view.Find(path, _asker);

    private string Text(string path) => Encoding.UTF8.GetString(Assert.IsType<ViewEntry.Synthetic>(Find(path)).Content.Span);

    private List<string> Names(string path) =>
        [.. Assert.IsType<ViewEntry.Directory>(Find(path)).List().Select(item => item.Name).Order(StringComparer.Ordinal)];
}
