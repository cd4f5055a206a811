using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.Quotas;
using Drover.Platform;
using Drover.Platform.Traps;

namespace Drover.Core;

/// <summary>
/// The unit of isolation: capability space, address space, quotas, and the threads that core knows. All state is
/// guarded by the kernel's lock. What comes from the component is hostile: it may be refused by a status, never throw.
/// </summary>
public sealed partial class ProtectionDomain : IPrivateCallHandler
{
    /// <summary>Entrypoints that a component can tell apart.</summary>
    public const int EntrypointCount = 64;

    private readonly IProcessPlatform _platform;
    private readonly UtcbArea _utcbs;
    private readonly CapabilitySpace _space;
    private readonly ThreadTable _threads;
    private readonly RegionMap _regions;
    private readonly QuotaLedger _ram;
    private readonly QuotaLedger _capabilities;
    private readonly EntrypointQueues[] _entrypoints = new EntrypointQueues[EntrypointCount];
    private readonly Dictionary<Badge, KernelObject> _objects = [];

    internal ProtectionDomain(Kernel kernel, DomainOptions options)
    {
        Kernel = kernel;
        Name = options.Name;
        _platform = options.Platform;
        _ram = new QuotaLedger(options.RamQuotaBytes);
        _capabilities = new QuotaLedger(options.CapabilityQuota);
        _space = new CapabilitySpace(_capabilities);
        _threads = new ThreadTable(this);
        _regions = new RegionMap(this, _capabilities, _attachmentNumbers);
        for (int i = 0; i < EntrypointCount; i++)
            _entrypoints[i] = new EntrypointQueues();
        _utcbs = new UtcbArea(_platform.CreateSharedMemory("utcb", UtcbLayout.AreaBytes));
        try
        {
            ISharedMemory table = _platform.CreateSharedMemory("capability-space", (ulong)TableLayout.TotalBytes);
            Table = new Dataspace(kernel, this, kernel.NextBadge(), table, writable: true, memoryOwner: table)
            {
                Name = "capability space",
                BoundTo = this,
            };
        }
        catch
        {
            _utcbs.Memory.Dispose();
            throw;
        }
    }

    public Kernel Kernel { get; }

    public string Name { get; }

    /// <summary>False once <see cref="Destroy"/> was called.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>True between <see cref="FinishServing"/> and <see cref="GoOn"/>.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>The memory of the UTCBs, to be mapped at <see cref="UtcbLayout.AreaAddress"/> before the first
    /// instruction. Owned by the domain.</summary>
    public ISharedMemory UtcbMemory => _utcbs.Memory;

    /// <summary>The dataspace of the component's relocatable tables.</summary>
    public Dataspace Table { get; }

    /// <summary>Threads that made themselves known.</summary>
    public int KnownThreads
    {
        get
        {
            using KernelScope scope = Kernel.Enter();
            return _threads.Count;
        }
    }

    /// <summary>Answers the trapped calls of the component's process; known from the first call on.</summary>
    internal ITrapPort? Port { get; private set; }

    /// <summary>Puts a capability into a chosen empty slot; the owner passed remains the caller's.</summary>
    public InstallOutcome Install(CapabilityOwner capability, uint selector, uint deliveries = 1) =>
        capability is KernelCapability held
            ? Install(held.Object, selector, deliveries)
            : throw new ArgumentException("not a capability of this side", nameof(capability));

    /// <summary>Puts a capability to the object into a chosen empty slot.</summary>
    public InstallOutcome Install(KernelObject installed, uint selector, uint deliveries = 1)
    {
        ArgumentNullException.ThrowIfNull(installed);
        using KernelScope scope = Kernel.Enter();
        if (!IsAlive)
            return InstallOutcome.DomainEnded;
        return MayHold(installed) ? _space.Install(installed, selector, deliveries) : InstallOutcome.NotDelegable;
    }

    /// <summary>What the component holds under a selector, dead or alive; null if nothing.</summary>
    public KernelObject? Held(uint selector)
    {
        using KernelScope scope = Kernel.Enter();
        return _space.Find(selector);
    }

    /// <summary>Ends the domain: its objects are void everywhere, callers that wait for it get
    /// <paramref name="callersGet"/>, its memory is given back. Its process has to be gone or about to be killed.</summary>
    public void Destroy(CallStatus callersGet = CallStatus.PeerGone)
    {
        using KernelScope scope = Kernel.Enter();
        if (!IsAlive)
            return;
        IsAlive = false;
        foreach (KernelThread thread in _threads.All.ToArray())
            EndThread(scope, thread, callersGet);
        // Before their gates end, for which they would be told something else.
        foreach (EntrypointQueues entrypoint in _entrypoints)
            Rendezvous.FailWaiting(scope, entrypoint, null, callersGet);
        foreach (KernelObject owned in _objects.Values)
            EndObject(scope, owned);
        _objects.Clear();
        _freed.Clear();
        EndMappings(scope);
        _regions.Clear();
        _space.Clear();
        Table.End(scope);
        scope.Dispose(_utcbs.Memory);
        Kernel.Forget(this);
    }

    /// <summary>A thread is about to exit: its UTCB is free, the request it served fails.</summary>
    public void ThreadExits(ITrapPort port, int hostThreadId)
    {
        ArgumentNullException.ThrowIfNull(port);
        int namespaceThreadId = MayBeRebuilt(hostThreadId) ? port.NamespaceThreadId(hostThreadId) : 0;
        using KernelScope scope = Kernel.Enter();
        // While the domain is stopped its threads cannot exit: this one was interrupted and will say so again.
        if (IsStopped || !IsAlive)
            return;
        if (_threads.TryFind(hostThreadId, out KernelThread? thread))
            EndThread(scope, thread, CallStatus.PeerGone);
        else if (_threads.Bind(hostThreadId, namespaceThreadId) is { } rebuilt)
            EndThread(scope, rebuilt, CallStatus.PeerGone);
    }

    internal EntrypointQueues EntrypointAt(int number) => _entrypoints[number];

    internal Span<byte> UtcbDataOf(KernelThread thread) => _utcbs.DataAt(thread.Slot);

    /// <summary>Writes a message into a thread's UTCB: all of it, or nothing and why not.</summary>
    internal CallStatus Receive(KernelThread thread, KernelMessage message, ulong badge, ulong label)
    {
        Span<uint> selectors = stackalloc uint[UtcbLayout.MaxCapabilities];
        for (int i = 0; i < message.CapabilityCount; i++)
        {
            KernelObject arriving = message.CapabilityAt(i);
            CallStatus status = MayHold(arriving) ? _space.Deliver(arriving, out selectors[i]) : CallStatus.Denied;
            if (status == CallStatus.Ok)
                continue;
            for (int undo = 0; undo < i; undo++)
                _space.Release(selectors[undo], 1);
            return status;
        }

        thread.Arrival.Begin(badge);
        _utcbs.WriteHeader(thread.Slot, badge, label);
        for (int i = 0; i < message.CapabilityCount; i++)
        {
            ulong arrived = message.CapabilityAt(i).Badge.Value;
            _utcbs.WriteCapability(thread.Slot, i, selectors[i], arrived);
            thread.Arrival.Add(selectors[i], arrived);
        }

        message.Content.CopyTo(_utcbs.DataAt(thread.Slot));
        return CallStatus.Ok;
    }

    /// <summary>Sends the descriptor of an attachment, or why there is none any more.</summary>
    internal void SendDescriptor(KernelScope scope, ulong callId, uint attachment)
    {
        if (!_regions.TryFind(attachment, out Attachment? found))
            scope.Answer(Port!, callId, new CallResult(CallStatus.InvalidArgument));
        else if (found.Dataspace is not Dataspace dataspace || !dataspace.TryLeaseLocked(out DataspaceLease? lease))
            scope.Answer(Port!, callId, new CallResult(CallStatus.PeerGone));
        else
        {
            dataspace.HandTo(this, found.Rights);
            scope.AnswerWithDescriptor(Port!, callId, lease, found.Rights.HasFlag(AttachRights.Write));
        }
    }

    private bool MayHold(KernelObject held) => held.BoundTo is null || ReferenceEquals(held.BoundTo, this);

    private void EndThread(KernelScope scope, KernelThread thread, CallStatus callersGet)
    {
        Rendezvous.Fail(scope, thread, callersGet);
        thread.GiveUp();
        thread.HasEnded = true;
        _threads.Remove(thread);
    }

    /// <summary>True if only its id inside the namespace, which takes reading /proc, can tell who the thread is.</summary>
    private bool MayBeRebuilt(int hostThreadId)
    {
        using KernelScope scope = Kernel.Enter();
        return _threads.HasUnboundThreads && !_threads.TryFind(hostThreadId, out _);
    }
}
