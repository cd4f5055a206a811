using System.Runtime.InteropServices;
using Drover.Images.State;
using Drover.Linux.Processes;
using Drover.Monitor;
using Drover.Node.Machine;
using Drover.Platform;
using Drover.Platform.Faults;
using Drover.Platform.State;
using Drover.Platform.Traps;

namespace Drover.Scenarios.Moments;

/// <summary>This machine, but that a process that was stopped once can be kept so for the stops that follow.</summary>
internal sealed class StandingMachine : IComponentMachine, IDisposable
{
    private readonly LinuxMachine _linux = new(new FaultPoints(), ProcessorSet.OfThisProcess(), static (_, _) => { });
    private readonly StandingPlatform _platform;

    public StandingMachine() => _platform = new StandingPlatform(_linux.Platform);

    /// <summary>The process that was launched last.</summary>
    public StandingProcess Process => _platform.Last!;

    public IProcessPlatform Platform => _platform;

    public CpuRequirements Cpu => _linux.Cpu;

    public FaultPoints Faults => _linux.Faults;

    public IDirectoryFlush Directories => _linux.Directories;

    public IReadOnlyList<string> MappedFiles(int hostProcessId) => _linux.MappedFiles(hostProcessId);

    public ITrapHandler CreateTraps(LaunchState launch, IPrivateCallHandler calls, IConsoleSink console) => _linux.CreateTraps(launch, calls, console);

    public FileIdentity Identify(string path, SafeHandle? file) => _linux.Identify(path, file);

    public SafeHandle Open(FileIdentity file) => _linux.Open(file);

    public void Dispose() => _linux.Dispose();

    private sealed class StandingPlatform(IProcessPlatform linux) : IProcessPlatform
    {
        public StandingProcess? Last { get; private set; }

        public IComponentProcess Launch(LaunchRequest request, ITrapHandler traps) => Last = new StandingProcess(linux.Launch(request, traps));

        public IComponentProcess Rebuild(RebuildRequest request, ITrapHandler traps) => linux.Rebuild(request, traps);

        public ISharedMemory CreateSharedMemory(string name, ulong lengthBytes) => linux.CreateSharedMemory(name, lengthBytes);

        public void Dispose()
        {
            // Belongs to the machine.
        }
    }
}
