using System.Runtime.InteropServices;
using Drover.Images.State;
using Drover.Platform;
using Drover.Platform.Faults;
using Drover.Platform.State;
using Drover.Platform.Traps;

namespace Drover.Monitor;

/// <summary>What the monitor asks of the machine beyond processes: what a component sees of it, and what its files and
/// CPUs are. Thread-safe.</summary>
public interface IComponentMachine
{
    IProcessPlatform Platform { get; }

    /// <summary>What this machine's CPUs have.</summary>
    CpuRequirements Cpu { get; }

    /// <summary>Steps that are to fail on purpose.</summary>
    FaultPoints Faults { get; }

    /// <summary>Makes new names in directories durable.</summary>
    IDirectoryFlush Directories { get; }

    /// <summary>Host paths of the files that a process has mapped, as far as known.</summary>
    IReadOnlyList<string> MappedFiles(int hostProcessId);

    /// <summary>Makes the handler for the trapped calls of one process.</summary>
    /// <param name="launch">Program, ROM modules and limits, which decide what the process sees.</param>
    /// <param name="calls">Serves the private calls.</param>
    /// <param name="console">Takes standard output and error.</param>
    ITrapHandler CreateTraps(LaunchState launch, IPrivateCallHandler calls, IConsoleSink console);

    /// <summary>Recognises a read-only file. The path is the host's; the handle may be null, then the file is opened.</summary>
    FileIdentity Identify(string path, SafeHandle? file);

    /// <summary>Opens a file after it was found to be the one meant.</summary>
    /// <exception cref="IOException">It is missing, or another.</exception>
    SafeHandle Open(FileIdentity file);

    /// <summary>Fails as <see cref="Open"/> does, for a file that is not needed now.</summary>
    void Check(FileIdentity file) => Open(file).Dispose();
}
