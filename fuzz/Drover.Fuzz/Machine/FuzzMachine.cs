using System.Runtime.InteropServices;
using Drover.Images.State;
using Drover.Linux.Personality;
using Drover.Monitor;
using Drover.Node.Machine;
using Drover.Platform;
using Drover.Platform.Faults;
using Drover.Platform.State;
using Drover.Platform.Traps;

namespace Drover.Fuzz.Machine;

/// <summary>A machine without processes; files are those of this one.</summary>
internal sealed class FuzzMachine : IComponentMachine
{
    private readonly FileIdentities _files = new();

    public FuzzPlatform Fuzzed { get; } = new();

    public IProcessPlatform Platform => Fuzzed;

    public CpuRequirements Cpu { get; } = new() { Features = ["avx2", "sse4_2"], XsaveFeatureBits = 7, XsaveAreaBytes = 576 };

    public FaultPoints Faults { get; } = new();

    public IDirectoryFlush Directories { get; } = new NoFlush();

    public IReadOnlyList<string> MappedFiles(int hostProcessId) => [];

    public ITrapHandler CreateTraps(LaunchState launch, IPrivateCallHandler calls, IConsoleSink console)
    {
        Dictionary<string, ViewEntry> roms = launch.Roms.ToDictionary(
            rom => rom.Name, ViewEntry (rom) => new ViewEntry.HostFile(rom.File.Path), StringComparer.Ordinal);
        return new LinuxPersonality(calls, new RuntimeFileView(launch.Limits, launch.ReadableFolders, roms), console, launch.Limits);
    }

    public FileIdentity Identify(string path, SafeHandle? file) => _files.Identify(path, file);

    public SafeHandle Open(FileIdentity file) => _files.Open(file);

    private sealed class NoFlush : IDirectoryFlush
    {
        public void Flush(string directory)
        {
        }
    }
}
