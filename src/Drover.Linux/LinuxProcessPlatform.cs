using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Processes;
using Drover.Linux.Tracing;
using Drover.Linux.Userfault;
using Drover.Platform;
using Drover.Platform.Faults;
using Drover.Platform.Traps;

namespace Drover.Linux;

/// <summary>Processes on Linux 6.12 or later, x86-64. Safe for use by any thread.</summary>
/// <remarks>One thread of it does all tracing. When this process ends, however it ends, the components end with it.</remarks>
/// <param name="faults">Steps that are to fail on purpose; null for none.</param>
/// <param name="processors">The CPUs that components run on; null for all that this process may run on.</param>
public sealed class LinuxProcessPlatform(FaultPoints? faults = null, ProcessorSet? processors = null) : IProcessPlatform
{
    private readonly FaultPoints _faultPoints = faults ?? new FaultPoints();
    private readonly ProcessorSet _processors = processors ?? ProcessorSet.OfThisProcess();
    private readonly TracerThread _tracer = new();
    private readonly DescriptorWatcher _exits = new("exit watcher");
    private readonly DescriptorWatcher _faults = new("fault watcher");
    private readonly HashSet<ComponentProcess> _processes = []; // tracer thread only
    private readonly HashSet<NamespaceInit> _namespaces = []; // tracer thread only
    private Zygote? _zygote; // tracer thread only
    private NamespaceInit? _spare; // for the next process that is rebuilt; tracer thread only
    private bool _disposed; // tracer thread only

    /// <summary>Told of what went wrong and was made good: what was done, and how it failed. On the tracer thread.</summary>
    public Action<string, Exception> OnFault { get; init; } = static (_, _) => { };

    public IComponentProcess Launch(LaunchRequest request, ITrapHandler traps)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(traps);
        return _tracer.Run(() => Adopt(() => ProcessLauncher.Launch(_tracer, StartedZygote(), request), traps));
    }

    public IComponentProcess Rebuild(RebuildRequest request, ITrapHandler traps)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(traps);
        if (request.Pages is MemorySnapshot snapshot && RebuildFrom(snapshot, request, traps) is { } process)
            return process;
        StateValidator.Check(request);
        using RebuildResources resources = new(request.State, request.Backing);
        return _tracer.Run(
            () => Adopt(() => ProcessRebuilder.Rebuild(_tracer, StartedZygote(), TakeSpare(), request, resources, _faultPoints), traps));
    }

    /// <summary>Namespaces take a millisecond to make. So when a process has ended, those for the next one are made, which a restore finds
    /// ready. There is one set of them at most; it ends with the platform.</summary>
    private void MakeSpare()
    {
        if (_disposed || _spare is not null || _zygote is null)
            return;
        try
        {
            _faultPoints.Reach(FaultPoint.SpareMakeNamespaces);
            _spare = ProcessRebuilder.MakeNamespaces(_tracer, _zygote);
        }
        catch (Exception failure) when (failure is LinuxException or ProcessEndedException or InjectedFaultException)
        {
            OnFault("making namespaces for the next process", failure);
        }
    }

    /// <summary>Null if there are none, or somebody ended them.</summary>
    private NamespaceInit? TakeSpare()
    {
        NamespaceInit? spare = _spare;
        _spare = null;
        if (spare is null || !spare.WasKilled)
            return spare;
        spare.Dispose();
        return null;
    }

    /// <summary>Builds a process in the place of the one that a snapshot is of, if that has ended. If it fails nothing is left, and
    /// the process can be built as from any other content.</summary>
    private ComponentProcess? RebuildFrom(MemorySnapshot snapshot, RebuildRequest request, ITrapHandler traps)
    {
        using RebuildResources resources = new(request.State, request.Backing, hasFiles: true);
        return _tracer.Run(() =>
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (snapshot.Process.Init.IsOccupied)
                return null;
            try
            {
                return Adopt(ProcessRebuilder.RebuildFrom(_tracer, snapshot, request, resources, _faultPoints), traps);
            }
            catch (Exception failure) when (failure is LinuxException or ProcessEndedException or InjectedFaultException)
            {
                OnFault("building a process of its snapshot", failure);
                return null;
            }
        });
    }

    /// <summary>Id of the init of the namespaces that are ready; null if there are none.</summary>
    internal int? SpareProcessId => _tracer.Run(() => _spare?.ProcessId);

    public string? WhyNotLazy => FillDescriptor.WhyNot();

    public ISharedMemory CreateSharedMemory(string name, ulong lengthBytes) => SharedMemory.Create(name, lengthBytes);

    public void Dispose()
    {
        _tracer.TryRun(() =>
        {
            if (_disposed)
                return;
            _disposed = true;
            foreach (ComponentProcess process in _processes.ToArray())
                process.Dispose();
            // Snapshots that nobody gave back.
            foreach (NamespaceInit left in _namespaces.ToArray())
                left.End();
            _spare?.Dispose();
            _zygote?.Dispose();
        });
        _exits.Dispose();
        _faults.Dispose();
        _tracer.Dispose();
    }

    private void Forget(ComponentProcess ended)
    {
        _processes.Remove(ended);
        MakeSpare();
    }

    private Zygote StartedZygote()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _zygote ??= Zygote.Start(_processors);
    }

    private ComponentProcess Adopt(Func<ProcessParts> build, ITrapHandler traps)
    {
        ProcessParts parts;
        try
        {
            parts = build();
        }
        catch
        {
            // What was under way may still lie in the zygote's channel: the next process gets a new one.
            _spare?.Dispose();
            _spare = null;
            _zygote?.Dispose();
            _zygote = null;
            throw;
        }
        return Adopt(parts, traps);
    }

    private ComponentProcess Adopt(ProcessParts parts, ITrapHandler traps)
    {
        ComponentProcess process = new(_tracer, _exits, _faults, parts, traps)
        {
            Disposed = Forget,
            Faults = _faultPoints,
            OnFault = OnFault,
        };
        _processes.Add(process);
        _namespaces.Add(parts.Init);
        parts.Init.Ended = ended => _namespaces.Remove(ended);
        return process;
    }
}
