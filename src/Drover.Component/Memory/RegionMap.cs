using Drover.Component.Capabilities;
using Drover.Component.Signals;
using Drover.Contracts;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Memory;

/// <summary>
/// A region map used as a dataspace: what is attached to it is seen wherever <see cref="Dataspace"/> is attached, in this
/// component and in others. Attaching and detaching return when that is so everywhere. One that this component made is
/// destroyed when it is disposed. Thread-safe.
/// </summary>
public sealed class RegionMap : IDisposable
{
    private readonly AddressSpace _space;
    private readonly Func<Action<ulong>, SignalHandler> _createHandler;
    private readonly bool _isOwned;
    private readonly Lock _lock = new();
    private SignalHandler? _faults; // guarded by _lock
    private int _disposed;

    internal RegionMap(
        AddressSpace space, Func<Action<ulong>, SignalHandler> createHandler, Capability<IRegionMap> capability, bool isOwned)
    {
        _space = space;
        _createHandler = createHandler;
        _isOwned = isOwned;
        Capability = capability;
        Dataspace = new Dataspace(space, capability.Client.Dataspace(), freeWith: null);
    }

    /// <summary>Who is given it can attach and detach. Owned by this object.</summary>
    public Capability<IRegionMap> Capability { get; }

    /// <summary>The managed dataspace, to be attached, or given to others. Owned by this object.</summary>
    public Dataspace Dataspace { get; }

    public ulong LengthBytes => Dataspace.LengthBytes;

    /// <summary>Lets a part of a dataspace be seen, or says why not. All in bytes, page aligned.</summary>
    /// <param name="dataspace">May be that of another region map.</param>
    /// <param name="at">Where in this region map.</param>
    /// <param name="rights">What can be done with it through this map at most.</param>
    /// <param name="offsetBytes">From where in the dataspace.</param>
    /// <param name="lengthBytes">All that follows the offset if not given.</param>
    public Attempt<Unit, AttachError> TryAttach(
        Dataspace dataspace,
        ulong at,
        AttachRights rights = AttachRights.Read | AttachRights.Write,
        ulong offsetBytes = 0,
        ulong? lengthBytes = null)
    {
        ArgumentNullException.ThrowIfNull(dataspace);
        if (offsetBytes > dataspace.LengthBytes)
            return AttachError.InvalidRange;
        Attempt<Unit, AttachError> attached = Capability.Client.Attach(
            dataspace.Capability, offsetBytes, lengthBytes ?? (dataspace.LengthBytes - offsetBytes), at, rights);
        if (attached.Succeeded)
            AwaitMappings();
        return attached;
    }

    /// <summary>As <see cref="TryAttach"/>; throws <see cref="RefusedException"/> if that is refused.</summary>
    public void Attach(
        Dataspace dataspace,
        ulong at,
        AttachRights rights = AttachRights.Read | AttachRights.Write,
        ulong offsetBytes = 0,
        ulong? lengthBytes = null)
    {
        if (!TryAttach(dataspace, at, rights, offsetBytes, lengthBytes).TryGet(out _, out AttachError error))
            throw new RefusedException("attaching to the region map", error);
    }

    /// <summary>Takes away what was attached at that offset. Throws <see cref="RefusedException"/> if nothing was.</summary>
    public void Detach(ulong at)
    {
        if (!Capability.Client.Detach(at).TryGet(out _, out AttachError error))
            throw new RefusedException("detaching from the region map", error);
        AwaitMappings();
    }

    /// <summary>
    /// From now on a thread that comes upon a hole waits, and the handler is told where, on the signal thread; it attaches
    /// something there. A thread of this very component must come upon it by <see cref="Attachment.Read"/> or
    /// <see cref="Attachment.Write"/>: while it waits in managed code, the collector would wait for it too.
    /// </summary>
    /// <param name="fault">May be told of a fault that is already resolved, so <see cref="TryAttach"/> is the one to use. Null: holes give no access again.</param>
    public void OnFault(Action<RegionFault>? fault)
    {
        SignalHandler? now = fault is null ? null : _createHandler(_ => Handle(fault));
        Capability.Client.SetFaultHandler(now?.Context);
        SignalHandler? before;
        lock (_lock)
        {
            before = _faults;
            _faults = now;
        }

        before?.Dispose();
        AwaitMappings();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Dataspace.Dispose();
        if (_isOwned)
            _space.Session.Client.FreeRegionMap(Capability);
        _faults?.Dispose();
        Capability.Dispose();
    }

    /// <summary>Tells each fault that waits once. What the handler leaves alone waits on.</summary>
    private void Handle(Action<RegionFault> fault)
    {
        List<RegionFault> pending = [];
        while (Capability.Client.PendingFault((uint)pending.Count).TryGet(out RegionFault next, out _))
            pending.Add(next);
        pending.ForEach(fault);
    }

    private void AwaitMappings()
    {
        CallResult result = _space.Domain.CurrentThread.Invoke(PrivateCall.AwaitMappings, ((SelectorOwner)Capability.Owner).Selector);
        if (result.Status != CallStatus.Ok)
            throw new RpcException(result.Status, nameof(PrivateCall.AwaitMappings));
    }
}
