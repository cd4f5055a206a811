using Drover.Contracts.Abi;
using Drover.Core;
using Drover.Images;
using Drover.Images.State;
using Drover.Monitor.Checkpoint;
using Drover.Monitor.Parent;
using Drover.Monitor.Restore;
using Drover.Monitor.Snapshots;
using Drover.Monitor.Tables;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Monitor;

/// <summary>
/// The parent of a node's components: starts them, hands them every session they use, writes them into images and
/// builds them again. Uses core through its public interfaces only. Thread-safe.
/// </summary>
public sealed class ComponentMonitor
{
    private readonly Kernel _kernel;
    private readonly IComponentMachine _machine;
    private readonly ComponentFactory _factory;
    private readonly Checkpointer _checkpointer;
    private readonly Restorer _restorer;
    private readonly Rollback _rollback;

    public ComponentMonitor(Kernel kernel, IComponentMachine machine, string nodeName, TimeProvider time)
    {
        _kernel = kernel;
        _machine = machine;
        ServiceDirectory directory = new();
        CoreServices services = new(kernel, time);
        _factory = new ComponentFactory(kernel, machine, services, directory, time);
        _checkpointer = new Checkpointer(kernel, machine, directory, nodeName, time);
        _restorer = new Restorer(kernel, machine, services, directory, _factory);
        _rollback = new Rollback(_restorer, machine.Faults);
    }

    internal static IReadOnlyList<int> PrivateCalls { get; } = [.. Enum.GetValues<PrivateCall>().Select(call => (int)call)];

    /// <summary>Starts a component. On failure nothing is left behind.</summary>
    /// <exception cref="IOException">A ROM module cannot be read.</exception>
    public MonitoredComponent Launch(ComponentSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        LaunchState launch = Describe(specification);
        ProtectionDomain domain = _kernel.CreateDomain(new DomainOptions
        {
            Name = specification.Name,
            RamQuotaBytes = specification.RamQuotaBytes,
            CapabilityQuota = specification.CapabilityQuota,
            Platform = _machine.Platform,
        });
        MonitoredComponent? component = null;
        try
        {
            component = _factory.Create(launch, domain, isRestored: false);
            InstallWellKnown(component);
            component.Begin(_machine.Platform.Launch(RequestFor(component), component.CreateTraps(_machine)));
            return component;
        }
        catch
        {
            component?.Abandon();
            domain.Destroy();
            throw;
        }
    }

    /// <summary>Writes a component into an image. On failure it runs on and no image is there.</summary>
    /// <exception cref="CheckpointRefusedException">It holds something that an image cannot keep.</exception>
    /// <exception cref="TableFormatException">Its tables do not hold together.</exception>
    /// <exception cref="ImageStorageException">The image cannot be written there.</exception>
    /// <param name="component">The component.</param>
    /// <param name="order">Where to, and how.</param>
    /// <param name="cancel">Gives the image up; the component runs on.</param>
    public Task<CheckpointOutcome> CheckpointAsync(MonitoredComponent component, CheckpointOrder order, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(component);
        ArgumentNullException.ThrowIfNull(order);
        return _checkpointer.RunAsync(component, order, cancel);
    }

    /// <summary>Writes several components, as of one moment, into one image. On failure all run on and no image is there.</summary>
    /// <param name="components">Each once.</param>
    /// <param name="order">Where to, and how; without a parent.</param>
    /// <param name="cancel">Gives the image up; the components run on.</param>
    /// <exception cref="CheckpointRefusedException">One of them holds something that an image cannot keep.</exception>
    /// <exception cref="TableFormatException">The tables of one do not hold together.</exception>
    /// <exception cref="ImageStorageException">The image cannot be written there.</exception>
    public Task<GroupOutcome> CheckpointGroupAsync(
        IReadOnlyList<MonitoredComponent> components, CheckpointOrder order, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(components);
        ArgumentNullException.ThrowIfNull(order);
        if (order.Parent is not null || order.KeepOpen)
            throw new ArgumentException("the image of a group builds upon no other, and is not kept open", nameof(order));
        ArgumentOutOfRangeException.ThrowIfZero(components.Count, nameof(components));
        if (components.Distinct().Count() != components.Count)
            throw new ArgumentException("a component cannot be two members of a group", nameof(components));
        return _checkpointer.RunGroupAsync(components, order, cancel);
    }

    /// <summary>Builds one component from an image and lets it run; see the other overload.</summary>
    public MonitoredComponent Restore(IImageContent image, string name, Action<ComponentPicture> beforeStart) =>
        Restore([new RestoreOrder(image, name, beforeStart)])[0];

    /// <summary>Builds a component from an image, or all those of a group's image, and lets them run. On failure nothing is
    /// left behind.</summary>
    /// <exception cref="RestoreRefusedException">This node lacks something that one of them needs.</exception>
    /// <exception cref="ImageFormatException">A page of an image is damaged.</exception>
    public IReadOnlyList<MonitoredComponent> Restore(IReadOnlyList<RestoreOrder> orders)
    {
        ArgumentNullException.ThrowIfNull(orders);
        return _restorer.Run(orders);
    }

    /// <summary>Keeps a component in memory as it is at one moment; it runs on, whatever fails. The caller owns the snapshot.</summary>
    /// <exception cref="CheckpointRefusedException">It holds something that a snapshot cannot keep.</exception>
    /// <exception cref="TableFormatException">Its tables do not hold together.</exception>
    /// <param name="component">The component.</param>
    /// <param name="name">Of the snapshot.</param>
    /// <param name="cancel">Gives the snapshot up.</param>
    public Task<ComponentSnapshot> SnapshotAsync(MonitoredComponent component, string name, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(component);
        return _checkpointer.KeepAsync(component, name, cancel);
    }

    /// <summary>Ends a running component and builds in its place what a snapshot holds. As long as nothing but checks fails, the
    /// component runs on.</summary>
    /// <exception cref="RestoreRefusedException">This node lacks something that the snapshot needs; the component runs on.</exception>
    /// <exception cref="RollbackFailedException">The component has ended and could not be built again.</exception>
    /// <param name="component">What ends.</param>
    /// <param name="order">The snapshot, which is in use, and the component's name.</param>
    /// <param name="cancel">Heeded until the component's turn to stand still has come.</param>
    public Task<MonitoredComponent> RollBackAsync(MonitoredComponent component, RestoreOrder order, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(component);
        ArgumentNullException.ThrowIfNull(order);
        return _rollback.RunAsync(component, order, cancel);
    }

    private LaunchState Describe(ComponentSpecification specification) => new()
    {
        Executable = specification.Executable,
        Arguments = specification.Arguments,
        Environment = specification.Environment,
        Roms = [.. specification.Roms.Select(rom => new RomState(rom.Key, _machine.Identify(rom.Value, null)))],
        Limits = specification.Limits,
        ReadableFolders = specification.ReadableFolders,
    };

    private void InstallWellKnown(MonitoredComponent component)
    {
        WellKnownServices made = _factory.CreateWellKnown(component);
        component.Domain.Install(made.Parent, WellKnownSelectors.Parent);
        component.Domain.Install(made.Pd, WellKnownSelectors.Pd);
        component.Domain.Install(made.Cpu, WellKnownSelectors.Cpu);
        component.Domain.Install(made.Rm, WellKnownSelectors.Rm);
    }

    private static LaunchRequest RequestFor(MonitoredComponent component) => new()
    {
        Executable = component.Launch.Executable,
        Arguments = component.Launch.Arguments,
        Environment = component.Launch.Environment,
        Limits = component.Launch.Limits,
        PrivateCalls = PrivateCalls,
        Mappings = [new InitialMapping(component.Domain.UtcbMemory, UtcbLayout.AreaAddress, PageProtection.Read | PageProtection.Write)],
    };
}
