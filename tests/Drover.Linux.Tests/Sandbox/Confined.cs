using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Personality;
using Drover.Platform;
using Drover.Platform.Traps;

namespace Drover.Linux.Tests.Sandbox;

/// <summary>Runs the Intruder program as a component and keeps what it said.</summary>
internal sealed class Confined : IDisposable, IConsoleSink, IPrivateCallHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _rom = Path.GetTempFileName();
    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();

    public static ProcessLimits Limits { get; } = new(512ul << 20, 60);

    /// <summary>Done for each private call before it is refused.</summary>
    public Action OnPrivateCall { get; set; } = () => { };

    public string Output => Encoding.UTF8.GetString(_output.ToArray());

    public string Error => Encoding.UTF8.GetString(_error.ToArray());

    /// <summary>Lines of the form "name result".</summary>
    public Dictionary<string, string> Results => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' ', 2)).ToDictionary(parts => parts[0], parts => parts[1]);

    private static string Program =>
        Path.GetFullPath(typeof(Confined).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Intruder").Value!);

    private static string DotnetRoot =>
        Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    public async Task<ProcessExit> Run(params string[] arguments)
    {
        await File.WriteAllTextAsync(_rom, "good day");
        RuntimeFileView view = new(Limits, [Path.GetDirectoryName(Program)!, DotnetRoot],
            new Dictionary<string, ViewEntry> { ["greeting"] = new ViewEntry.HostFile(_rom) });
        using LinuxPersonality personality = new(this, view, this, Limits);
        using LinuxProcessPlatform platform = new();
        string dotnet = Path.Combine(DotnetRoot, "dotnet");
        using IComponentProcess process = platform.Launch(new LaunchRequest
        {
            Executable = dotnet,
            Arguments = [dotnet, Program, .. arguments],
            Environment = Linux.Personality.RuntimeEnvironment.Build(Limits, DotnetRoot, []),
            PrivateCalls = [3328],
            Limits = Limits,
        }, personality);
        process.Start();
        return await process.Exited.WaitAsync(Patience);
    }

    public void Dispose() => File.Delete(_rom);

    void IConsoleSink.Write(ConsoleStream stream, ReadOnlySpan<byte> bytes) =>
        (stream == ConsoleStream.Error ? _error : _output).Write(bytes);

    void IPrivateCallHandler.Handle(ITrapPort port, in TrappedCall call)
    {
        OnPrivateCall();
        port.Fail(call.Id, 38);
    }

    void IPrivateCallHandler.ThreadExits(ITrapPort port, int hostThreadId)
    {
    }
}
