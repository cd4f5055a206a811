using Drover.Core;
using Drover.Core.Capabilities;
using Drover.Images;
using Drover.Linux.Processes;
using Drover.Monitor;
using Drover.Node.Machine;
using Drover.Node.Operations;
using Drover.Node.Periodic;
using Drover.Node.Programs;

namespace Drover.Node;

/// <summary>The node of this process: core, monitor and machine put together.</summary>
public sealed partial class NodeRuntime : ILocalNode
{
    private const int EndedComponentsKept = 100;

    private readonly NodeOptions _options;
    private readonly LinuxMachine _machine;
    private readonly ComponentMonitor _monitor;
    private readonly ImageJournal _journal;
    private readonly PeriodicRuns _periodic = new();
    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MonitoredComponent?> _components = new(StringComparer.Ordinal); // guarded by _lock; null while being made
    private readonly HashSet<string> _beingReplaced = new(StringComparer.Ordinal); // guarded by _lock
    private bool _disposed; // guarded by _lock

    private NodeRuntime(NodeOptions options, LinuxMachine machine, int processors)
    {
        _options = options;
        _machine = machine;
        Kernel kernel = new(new KernelOptions { Badges = options.Badges ?? new NodeBadges(), OnFault = options.OnFault, RamBytes = options.RamBytes, Processors = processors });
        _snapshots = new SnapshotBook(options.MostSnapshots, options.Name);
        _journal = new ImageJournal(options.ImageJournal);
        _journal.ClearLeftovers();
        _monitor = new ComponentMonitor(kernel, machine, options.Name, TimeProvider.System);
    }

    /// <summary>Puts a node together from the parts for this machine.</summary>
    /// <exception cref="NodeOperationException">The machine lacks what a node needs.</exception>
    public static ILocalNode Create(NodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ProcessorSet processors = options.Processors is { } chosen ? ProcessorSet.Of(chosen) : ProcessorSet.OfThisProcess();
        LinuxMachine machine = new(options.Faults, processors, options.OnFault);
        // So that the first checkpoint and restore are not the slow ones.
        Task prepared = Task.WhenAll(Task.Run(ImageFormat.Prepare), Task.Run(machine.RecogniseRuntime));
        return new NodeRuntime(options, machine, processors.Count) { Prepared = prepared };
    }

    /// <summary>Completes when nothing that the node does ahead of its first image is under way any more.</summary>
    public Task Prepared { get; private init; } = Task.CompletedTask;

    public Task<NodeInfo> DescribeAsync(CancellationToken cancel = default) =>
        Task.FromResult(new NodeInfo(_options.Name, Environment.ProcessId, ProductVersion.Text, _startedAt));

    public async Task<ComponentInfo> RunAsync(RunRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ProgramFile program = ProgramFile.Find(request.Program);
        ComponentSpecification specification = Specifications.Of(request, program);
        using PeriodicStart? periodic = Prepare(request.Checkpoints);
        return await MakeAsync(specification.Name, () => Begin(periodic, _monitor.Launch(specification)), cancel).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<ComponentInfo>> ListAsync(CancellationToken cancel = default)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<ComponentInfo>>(
                [.. _components.Values.OfType<MonitoredComponent>().OrderBy(component => component.Name, StringComparer.Ordinal).Select(Reports.Describe)]);
        }
    }

    public async Task<ComponentExit> StopAsync(string name, CancellationToken cancel = default) =>
        await LastExitAsync(Find(name), component => component.StopAsync(), cancel).ConfigureAwait(false);

    public async Task<ComponentExit> WaitForExitAsync(string name, CancellationToken cancel = default) =>
        await LastExitAsync(Find(name), component => component.Ended, cancel).ConfigureAwait(false);

    public IAsyncEnumerable<LogEntry> ReadLogAsync(
        string name, long afterSequence, bool follow, CancellationToken cancel = default) =>
        Reports.Log(Find(name).Log.ReadAsync(afterSequence, follow, cancel));

    public async ValueTask DisposeAsync()
    {
        MonitoredComponent[] components;
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            components = [.. _components.Values.OfType<MonitoredComponent>()];
        }

        await _periodic.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(components.Select(component => Task.Run(component.StopAsync))).ConfigureAwait(false);
        _snapshots.Dispose();
        _machine.Dispose();
    }

    /// <summary>What takes the place of a component that is rolled back is meant as well.</summary>
    private static async Task<ComponentExit> LastExitAsync(
        MonitoredComponent component, Func<MonitoredComponent, Task<ComponentEnd>> ends, CancellationToken cancel)
    {
        while (true)
        {
            ComponentEnd end = await ends(component).WaitAsync(cancel).ConfigureAwait(false);
            if (end.Reason != EndReason.RolledBack || await component.Replaced.WaitAsync(cancel).ConfigureAwait(false) is not { } next)
                return Reports.Exit(end);
            component = next;
        }
    }

    private MonitoredComponent Find(string name)
    {
        lock (_lock)
        {
            return _components.GetValueOrDefault(name) ?? throw new NodeOperationException(
                NodeErrorCode.NoSuchComponent,
                $"The node {_options.Name} knows no component '{name}'.",
                "See 'drover ps' for the names.");
        }
    }

    /// <summary>Reserves the name while the component is made, so that two requests cannot take it.</summary>
    private async Task<ComponentInfo> MakeAsync(string name, Func<MonitoredComponent> make, CancellationToken cancel) =>
        Reports.Describe(await Task.Run(() => Make(name, make), cancel).ConfigureAwait(false));

    private MonitoredComponent Make(string name, Func<MonitoredComponent> make) => MakeAll([name], () => [make()])[0];

    /// <summary>Likewise for several, made together in the order of their names.</summary>
    private IReadOnlyList<MonitoredComponent> MakeAll(IReadOnlyList<string> names, Func<IReadOnlyList<MonitoredComponent>> make)
    {
        List<MonitoredComponent?> previous = Reserve(names);
        IReadOnlyList<MonitoredComponent>? made = null;
        try
        {
            foreach (string name in names)
                _periodic.Remove(name);
            made = make();
            return made;
        }
        catch (Exception failure) when (failure is not NodeOperationException)
        {
            throw Failures.Explain(failure, string.Join(", ", names));
        }
        finally
        {
            lock (_lock)
            {
                for (int i = 0; i < names.Count; i++)
                    PutBack(names[i], made?[i] ?? previous[i]);
                if (made is not null)
                    ForgetOldest();
            }
        }
    }

    /// <summary>Under the lock.</summary>
    private void PutBack(string name, MonitoredComponent? component)
    {
        if (component is null)
            _components.Remove(name);
        else
            _components[name] = component;
    }

    private List<MonitoredComponent?> Reserve(IReadOnlyList<string> names)
    {
        List<MonitoredComponent?> previous = [];
        try
        {
            foreach (string name in names)
                previous.Add(Reserve(name));
            return previous;
        }
        catch
        {
            lock (_lock)
            {
                for (int i = 0; i < previous.Count; i++)
                    PutBack(names[i], previous[i]);
            }

            throw;
        }
    }

    /// <summary>Logs of ended components cost memory: only so many are kept, the newest. Under the lock.</summary>
    private void ForgetOldest()
    {
        IEnumerable<MonitoredComponent> ended = _components.Values.OfType<MonitoredComponent>().Where(component => component.Ended.IsCompleted);
        foreach (MonitoredComponent old in ended.OrderByDescending(component => component.StartedAt).Skip(EndedComponentsKept).ToArray())
            _components.Remove(old.Name);
    }

    private MonitoredComponent? Reserve(string name)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            bool known = _components.TryGetValue(name, out MonitoredComponent? previous);
            if ((known && previous is not { Ended.IsCompleted: true }) || _beingReplaced.Contains(name))
            {
                throw new NodeOperationException(
                    NodeErrorCode.NameTaken,
                    $"A component '{name}' is running on the node {_options.Name}.",
                    "Stop it, or give the new one another name with --name.");
            }

            _components[name] = null;
            return previous;
        }
    }
}
