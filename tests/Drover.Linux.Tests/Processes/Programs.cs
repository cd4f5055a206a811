using System.Reflection;
using System.Runtime.InteropServices;
using Drover.Linux.Personality;
using Drover.Platform;
using Drover.Platform.State;
using Drover.Platform.Traps;
using RuntimeEnvironment = Drover.Linux.Personality.RuntimeEnvironment;

namespace Drover.Linux.Tests.Processes;

/// <summary>The programs that the tests run as components.</summary>
internal static class Programs
{
    public static readonly ProcessLimits Limits = new(512 << 20, 100);

    public static string Lively { get; } = Metadata("LivelyProgram");

    /// <summary>Not a component: a node.</summary>
    public static string Keeper => Metadata("KeeperProgram");

    public static string DotnetRoot { get; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));

    public static LaunchRequest Request(string program, params string[] arguments) => new()
    {
        Executable = program,
        Arguments = [program, .. arguments],
        Environment = RuntimeEnvironment.Build(Limits, DotnetRoot, []),
        PrivateCalls = [3328],
        Limits = Limits,
    };

    public static LinuxPersonality Personality(IConsoleSink console) => new(
        new NoPrivateCalls(),
        new RuntimeFileView(Limits, [Path.GetDirectoryName(Lively)!, DotnetRoot]),
        console,
        Limits);

    /// <summary>Good enough for images that live no longer than a test.</summary>
    public static FileIdentity Identify(string path, SafeHandle file) => new(path, new FileInfo(path).Length, "");

    private static string Metadata(string key) => typeof(Programs).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == key).Value!;

    private sealed class NoPrivateCalls : IPrivateCallHandler
    {
        public void Handle(ITrapPort port, in TrappedCall call) => port.Fail(call.Id, 38);

        public void ThreadExits(ITrapPort port, int hostThreadId)
        {
        }
    }
}
