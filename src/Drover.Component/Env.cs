using System.Diagnostics.CodeAnalysis;
using Drover.Component.Capabilities;
using Drover.Component.Kernel;
using Drover.Component.Memory;
using Drover.Component.Rpc;
using Drover.Component.Sessions;
using Drover.Component.Signals;
using Drover.Contracts;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component;

/// <summary>
/// What a component has: the capabilities that its parent gave it, and what is made with them. There is one for the life
/// of the process. Thread-safe. What goes to <see cref="Console"/> reaches the component's log.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "lives as long as the process")]
public sealed class Env
{
    private static readonly Lazy<Env> s_current = new(() => new(new LinuxKernelCalls()));

    private readonly Domain _domain;
    private readonly AddressSpace _addressSpace;
    private readonly Capability<IDataspace> _tablesDataspace;
    private readonly ObjectPool _pool;
    private readonly Lock _making = new(); // held while one of the two is made, which can be refused and tried again
    private SignalDispatcher? _signals; // guarded by _making
    private Entrypoint? _entrypoint; // guarded by _making
    private readonly TaskCompletionSource<int> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EntrypointNumbers _entrypointNumbers = new();

    internal unsafe Env(IKernelCalls kernel)
    {
        _domain = new(kernel);
        _ = _domain.CurrentThread; // before anything else, so that an ordinary process hears at once what it lacks
        Parent = _domain.WellKnown<IParent>(WellKnownSelectors.Parent);
        Pd = _domain.WellKnown<IPdSession>(WellKnownSelectors.Pd);
        Cpu = _domain.WellKnown<ICpuSession>(WellKnownSelectors.Cpu);
        Rm = _domain.WellKnown<IRmSession>(WellKnownSelectors.Rm);
        _addressSpace = new(_domain, Rm);
        _tablesDataspace = Pd.Client.CapabilitySpaceDataspace();
        nint tables = AttachTables();
        RelocatableTables.Format((byte*)tables);
        _domain.Map.MoveTo((byte*)tables);
        RelocatableTables.Publish((byte*)tables);
        _pool = new(tables);
    }

    /// <summary>The one that made this component.</summary>
    public Capability<IParent> Parent { get; }

    /// <summary>The protection domain.</summary>
    public Capability<IPdSession> Pd { get; }

    public Capability<ICpuSession> Cpu { get; }

    /// <summary>The address space. Use <see cref="Dataspace.Attach"/>.</summary>
    public Capability<IRmSession> Rm { get; }

    /// <summary>One thread that serves calls; started when first used.</summary>
    public Entrypoint Entrypoint
    {
        get
        {
            lock (_making)
                return _entrypoint ??= CreateEntrypoint(new("entrypoint"));
        }
    }

    /// <summary>RPC objects that can be called.</summary>
    public int ManagedObjects => _pool.Count;

    /// <summary>The environment of this process. Throws <see cref="NotUnderDroverException"/> outside Drover.</summary>
    public static Env Open() => s_current.Value;

    /// <summary>Threads of their own to serve calls; at most 64 entrypoints at a time. Ended by disposing it.</summary>
    public Entrypoint CreateEntrypoint(EntrypointOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        return new(_domain, _pool, Pd, _entrypointNumbers, options);
    }

    /// <summary>Opens a session to a service, or says why not.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="arguments">Understood by the service.</param>
    /// <param name="donation">Quota that goes to the service until the session is closed.</param>
    public Attempt<Session<T>, SessionError> TryOpenSession<T>(string service, string arguments = "", Donation donation = default)
        where T : class =>
        Parent.Client.Session(service, arguments, donation).TryGet(out Capability<IObject>? session, out SessionError error)
            ? new Session<T>(Parent, session)
            : error;

    /// <summary>Opens a session to a service; throws <see cref="RefusedException"/> if that is refused.</summary>
    public Session<T> OpenSession<T>(string service, string arguments = "", Donation donation = default)
        where T : class =>
        TryOpenSession<T>(service, arguments, donation).TryGet(out Session<T>? session, out SessionError error)
            ? session
            : throw new RefusedException($"a session to the service '{service}'", error);

    /// <summary>Offers a service to others.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="open">Gives the object that serves a session: one for each, or the same for several. Refuses by
    /// throwing <see cref="RefusedException"/> with a <see cref="SessionError"/>.</param>
    /// <param name="closed">Is given the object of a session that has ended, once for each: when the client closed it or is
    /// gone, and when the service is withdrawn or revokes it. What the object allocated from donated quota is to be given
    /// up here, for the quota goes back afterwards.</param>
    /// <param name="entrypoint">Serves root and sessions; <see cref="Entrypoint"/> if not given.</param>
    /// <param name="upgraded">Is given the object of a session and the quota that its client added.</param>
    public Service<T> Announce<T>(
        string service,
        Func<SessionRequest, T> open,
        Action<T>? closed = null,
        Entrypoint? entrypoint = null,
        Action<T, Donation>? upgraded = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(open);
        Entrypoint serving = entrypoint ?? Entrypoint;
        ServiceRoot<T> root = new(serving, open, closed, upgraded);
        Capability<IRoot> capability = serving.Manage<IRoot>(root);
        if (Parent.Client.Announce(service, capability).TryGet(out _, out SessionError error))
            return new Service<T>(Parent, serving, root, capability, service);
        serving.Dissolve(capability);
        capability.Dispose();
        throw new RefusedException($"announcing the service '{service}'", error);
    }

    /// <summary>Allocates zeroed memory that can be shared with other components, or says why not.</summary>
    /// <param name="lengthBytes">Rounded up to pages.</param>
    public Attempt<Dataspace, AllocationError> TryAllocate(ulong lengthBytes) =>
        Pd.Client.AllocateDataspace(lengthBytes).TryGet(out Capability<IDataspace>? dataspace, out AllocationError error)
            ? new Dataspace(_addressSpace, dataspace, Pd)
            : error;

    /// <summary>Allocates zeroed memory that can be shared with other components; throws <see cref="RefusedException"/>
    /// if that is refused.</summary>
    public Dataspace Allocate(ulong lengthBytes) =>
        TryAllocate(lengthBytes).TryGet(out Dataspace? dataspace, out AllocationError error)
            ? dataspace
            : throw new RefusedException($"allocating a dataspace of {lengthBytes} bytes", error);

    /// <summary>Makes a dataspace that was received usable. Takes another owner of the capability.</summary>
    public Dataspace OpenDataspace(Capability<IDataspace> capability)
    {
        ArgumentNullException.ThrowIfNull(capability);
        return new(_addressSpace, capability.Duplicate(), freeWith: null);
    }

    /// <summary>Makes an empty region map, or says why not.</summary>
    /// <param name="lengthBytes">Rounded up to pages.</param>
    public Attempt<RegionMap, AllocationError> TryCreateRegionMap(ulong lengthBytes) =>
        Rm.Client.CreateRegionMap(lengthBytes).TryGet(out Capability<IRegionMap>? map, out AllocationError error)
            ? new RegionMap(_addressSpace, received => CreateSignalHandler(received), map, isOwned: true)
            : error;

    /// <summary>Makes an empty region map; throws <see cref="RefusedException"/> if that is refused.</summary>
    public RegionMap CreateRegionMap(ulong lengthBytes) =>
        TryCreateRegionMap(lengthBytes).TryGet(out RegionMap? map, out AllocationError error)
            ? map
            : throw new RefusedException($"making a region map of {lengthBytes} bytes", error);

    /// <summary>Makes a region map that was received usable. Takes another owner of the capability.</summary>
    public RegionMap OpenRegionMap(Capability<IRegionMap> capability)
    {
        ArgumentNullException.ThrowIfNull(capability);
        return new(_addressSpace, received => CreateSignalHandler(received), capability.Duplicate(), isOwned: false);
    }

    /// <summary>Opens a read-only module; throws <see cref="RefusedException"/> if there is none of that name.</summary>
    public Rom OpenRom(string name) => new(OpenSession<IRomSession>("ROM", name), _addressSpace);

    /// <summary>Makes a context that others can notify.</summary>
    /// <param name="received">Runs with the number of notifications since it last ran, one handler at a time. An exception
    /// that it throws ends the process.</param>
    /// <param name="entrypoint">On whose threads it runs, so that it never runs beside a method of an object that a
    /// single-threaded entrypoint serves; the component's signal thread if not given.</param>
    public SignalHandler CreateSignalHandler(Action<ulong> received, Entrypoint? entrypoint = null)
    {
        ArgumentNullException.ThrowIfNull(received);
        return entrypoint is null ? Signals().Add(received) : entrypoint.AddSignalHandler(received);
    }

    /// <summary>Makes a timer, not armed yet.</summary>
    /// <param name="expired">Runs as a signal handler does; several expiries that were not handled yet come as one.</param>
    /// <param name="entrypoint">On whose threads it runs; the component's signal thread if not given.</param>
    public SessionTimer CreateTimer(Action expired, Entrypoint? entrypoint = null)
    {
        ArgumentNullException.ThrowIfNull(expired);
        return new(OpenSession<ITimerSession>("Timer"), CreateSignalHandler(_ => expired(), entrypoint));
    }

    /// <summary>How many capabilities the component holds now.</summary>
    public CapabilityUse CapabilityUse() => _domain.Map.Use(_domain.OpenOwners);

    /// <summary>Blocks until <see cref="Stop"/> and gives its status.</summary>
    public int WaitUntilStopped() => _stopped.Task.GetAwaiter().GetResult();

    /// <summary>Lets <see cref="WaitUntilStopped"/> return; the first call counts.</summary>
    public void Stop(int exitStatus = 0) => _stopped.TrySetResult(exitStatus);

    private SignalDispatcher Signals()
    {
        lock (_making)
            return _signals ??= new(_domain, Pd);
    }

    private nint AttachTables()
    {
        if (!MappingHandle.Attach(
            _addressSpace, _tablesDataspace, 0, TableLayout.TotalBytes, AttachRights.Read | AttachRights.Write)
            .TryGet(out MappingHandle? mapping, out AttachError error))
        {
            throw new RefusedException("attaching the relocatable tables", error);
        }

        return mapping.KeepForever(); // finalizers of owners use the tables to the end
    }
}
