using System.Runtime.InteropServices;
using Drover.Images.State;
using Drover.Linux;
using Drover.Linux.Files;
using Drover.Linux.Personality;
using Drover.Linux.Processes;
using Drover.Monitor;
using Drover.Platform;
using Drover.Platform.Faults;
using Drover.Platform.State;
using Drover.Platform.Traps;

namespace Drover.Node.Machine;

/// <summary>This machine, as the monitor sees it.</summary>
/// <param name="faults">Steps that are to fail on purpose.</param>
/// <param name="processors">The CPUs that components run on.</param>
/// <param name="onFault">Told of what went wrong and was made good.</param>
internal sealed class LinuxMachine(FaultPoints faults, ProcessorSet processors, Action<string, Exception> onFault) : IComponentMachine, IDisposable
{
    private readonly LinuxProcessPlatform _platform = new(faults, processors) { OnFault = onFault };
    private readonly FileIdentities _files = new();

    public IProcessPlatform Platform => _platform;

    public CpuRequirements Cpu { get; } = LocalCpu.Describe();

    public IDirectoryFlush Directories { get; } = new DirectoryFlush();

    public IReadOnlyList<string> MappedFiles(int hostProcessId) => Drover.Linux.Memory.MappedFiles.Of(hostProcessId);

    public ITrapHandler CreateTraps(LaunchState launch, IPrivateCallHandler calls, IConsoleSink console)
    {
        Dictionary<string, ViewEntry> roms = launch.Roms.ToDictionary(
            rom => rom.Name, ViewEntry (rom) => new ViewEntry.HostFile(rom.File.Path), StringComparer.Ordinal);
        return new LinuxPersonality(calls, new RuntimeFileView(launch.Limits, launch.ReadableFolders, roms), console, launch.Limits);
    }

    public FileIdentity Identify(string path, SafeHandle? file) => _files.Identify(path, file);

    public FaultPoints Faults => faults;

    /// <summary>Hashes the .NET runtime's files ahead of the first image that names them.</summary>
    public void RecogniseRuntime()
    {
        foreach (string file in Directory.EnumerateFiles(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory()))
        {
            try
            {
                _files.Identify(file, null);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                // Whoever needs it will be told.
            }
        }
    }

    public SafeHandle Open(FileIdentity file) => _files.Open(file);

    public void Check(FileIdentity file) => _files.Check(file);

    public void Dispose() => _platform.Dispose();
}
