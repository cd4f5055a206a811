using Drover.Contracts;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.Signals;
using Drover.Platform;

namespace Drover.Core;

/// <summary>The objects that the domain owns and pays for: one capability of quota each, and the bytes of a dataspace.</summary>
public sealed partial class ProtectionDomain
{
    public Attempt<Gate, AllocationError> CreateGate(uint entrypoint, ulong label)
    {
        if (entrypoint >= EntrypointCount)
            return AllocationError.InvalidArgument;
        using KernelScope scope = Kernel.Enter();
        if (!TryChargeObject())
            return AllocationError.OutOfCapabilities;
        return Own(new Gate(Kernel, this, Kernel.NextBadge(), (int)entrypoint, label));
    }

    public Attempt<SignalSource, AllocationError> CreateSignalSource()
    {
        using KernelScope scope = Kernel.Enter();
        if (!TryChargeObject())
            return AllocationError.OutOfCapabilities;
        return Own(new SignalSource(Kernel, this, Kernel.NextBadge()));
    }

    public Attempt<SignalContext, AllocationError> CreateSignalContext(SignalSource source, ulong imprint)
    {
        ArgumentNullException.ThrowIfNull(source);
        using KernelScope scope = Kernel.Enter();
        if (!source.IsAlive || !ReferenceEquals(source.Owner, this))
            return AllocationError.WrongKind;
        if (!TryChargeObject())
            return AllocationError.OutOfCapabilities;
        return Own(new SignalContext(Kernel, this, Kernel.NextBadge(), source, imprint));
    }

    /// <summary>Makes zeroed memory; the length is rounded up to pages.</summary>
    public Attempt<Dataspace, AllocationError> CreateDataspace(ulong lengthBytes)
    {
        if (lengthBytes == 0 || lengthBytes > long.MaxValue - RegionMap.PageBytes)
            return AllocationError.InvalidArgument;
        ulong rounded = (lengthBytes + RegionMap.PageBytes - 1) & ~(RegionMap.PageBytes - 1);
        using (KernelScope scope = Kernel.Enter())
        {
            if (!_ram.TryCharge(rounded))
                return AllocationError.OutOfMemory;
            if (!TryChargeObject())
            {
                _ram.Refund(rounded);
                return AllocationError.OutOfCapabilities;
            }
        }

        return OwnMemory(CreateMemory(rounded), rounded);
    }

    /// <summary>Destroys an object of this domain: capabilities to it are void everywhere.</summary>
    public Attempt<Unit, AllocationError> DestroyObject(KernelObject owned)
    {
        ArgumentNullException.ThrowIfNull(owned);
        using KernelScope scope = Kernel.Enter();
        if (!_objects.Remove(owned.Badge))
            return AllocationError.WrongKind;
        EndObject(scope, owned);
        if (owned is SignalSource)
            EndContextsOf(scope, owned);
        return Unit.Value;
    }

    private ISharedMemory? CreateMemory(ulong lengthBytes)
    {
        try
        {
            return _platform.CreateSharedMemory("dataspace", lengthBytes);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The component asked for what the node cannot give; that is its error, not the node's.
            Kernel.Report(failure, Name);
            return null;
        }
    }

    private Attempt<Dataspace, AllocationError> OwnMemory(ISharedMemory? memory, ulong chargedBytes)
    {
        using KernelScope scope = Kernel.Enter();
        if (memory is not null && IsAlive)
        {
            return Own(new Dataspace(Kernel, this, Kernel.NextBadge(), memory, writable: true, memoryOwner: memory)
            {
                ChargedBytes = chargedBytes,
            });
        }

        _ram.Refund(chargedBytes);
        _capabilities.Refund(1);
        if (memory is not null)
            scope.Dispose(memory);
        return AllocationError.OutOfMemory;
    }

    private bool TryChargeObject() => IsAlive && _capabilities.TryCharge(1);

    private T Own<T>(T created)
        where T : KernelObject
    {
        _objects.Add(created.Badge, created);
        return created;
    }

    /// <summary>A context without its source could neither notify nor be described.</summary>
    private void EndContextsOf(KernelScope scope, KernelObject source)
    {
        foreach (SignalContext context in _objects.Values.OfType<SignalContext>().Where(context => ReferenceEquals(context.Source, source)).ToArray())
        {
            _objects.Remove(context.Badge);
            EndObject(scope, context);
        }
    }

    private void EndObject(KernelScope scope, KernelObject owned)
    {
        if (owned is Dataspace { HandedTo.Count: > 0 } mapped)
            _freed.Add(new FreedMemory(mapped.Inode, mapped.ChargedBytes, [.. mapped.HandedTo]));
        else
            RefundObject((owned as Dataspace)?.ChargedBytes ?? 0);
        switch (owned)
        {
            case Gate gate:
                gate.IsAlive = false;
                Rendezvous.FailWaiting(scope, _entrypoints[gate.Entrypoint], gate, Contracts.Abi.CallStatus.PeerGone);
                break;
            case Dataspace dataspace:
                dataspace.DetachEverywhere();
                dataspace.End(scope);
                break;
            case RegionMapObject map:
                map.End();
                break;
            case SignalSource source:
                source.End(scope);
                break;
            case SignalContext context:
                context.Source.Forget(context);
                context.IsAlive = false;
                break;
        }
    }
}
