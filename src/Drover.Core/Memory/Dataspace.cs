using System.Diagnostics.CodeAnalysis;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Platform;

namespace Drover.Core.Memory;

/// <summary>A container of memory, without an address.</summary>
public sealed class Dataspace : Attachable
{
    private readonly IDisposable? _memoryOwner;
    private readonly HashSet<ProtectionDomain> _handedTo = []; // guarded by the kernel's lock
    private int _leases; // guarded by the kernel's lock
    private DataspaceWriters _writers = new(0, IsOwnerOnly: true); // guarded by the kernel's lock

    /// <param name="memoryOwner">Is disposed when the dataspace has ended and nobody reads the memory; null if it stays.</param>
    internal Dataspace(Kernel kernel, ProtectionDomain? owner, Badge badge, ISharedMemory memory, bool writable, IDisposable? memoryOwner)
        : base(kernel, owner, badge)
    {
        SharedMemory = memory;
        LengthBytes = memory.LengthBytes;
        Inode = memory.Inode;
        IsWritable = writable;
        _memoryOwner = memoryOwner;
    }

    public override ulong LengthBytes { get; }

    /// <summary>Inode of the memory, by which mappings of it are recognised.</summary>
    public ulong Inode { get; }

    public override bool IsWritable { get; }

    /// <summary>What it is for, shown to people.</summary>
    public string Name { get; init; } = "dataspace";

    public override string Description => Name;

    /// <summary>To be used with a lease only.</summary>
    internal ISharedMemory SharedMemory { get; }

    /// <summary>What it costs its owner, in bytes of RAM quota.</summary>
    internal ulong ChargedBytes { get; init; }

    /// <summary>Domains that were given a descriptor: their processes may have the memory mapped, attached or not.</summary>
    internal IReadOnlyCollection<ProtectionDomain> HandedTo => _handedTo;

    /// <summary>Keeps the memory for as long as the lease lives; false if the dataspace is gone.</summary>
    public bool TryLease([NotNullWhen(true)] out DataspaceLease? lease)
    {
        using KernelScope scope = Kernel.Enter();
        return TryLeaseLocked(out lease);
    }

    internal bool TryLeaseLocked([NotNullWhen(true)] out DataspaceLease? lease)
    {
        lease = null;
        if (!IsAlive)
            return false;
        _leases++;
        lease = new DataspaceLease(this);
        return true;
    }

    /// <summary>Who could have written to it up to now.</summary>
    public DataspaceWriters Writers
    {
        get
        {
            using KernelScope scope = Kernel.Enter();
            return _writers;
        }
    }

    internal void HandTo(ProtectionDomain domain, AttachRights rights)
    {
        if (rights.HasFlag(AttachRights.Write))
            _writers = new(_writers.Handouts + 1, _writers.IsOwnerOnly && ReferenceEquals(domain, Owner));
        if (_handedTo.Contains(domain))
            return;
        _handedTo.RemoveWhere(static other => !other.IsAlive);
        _handedTo.Add(domain);
    }

    internal void Return()
    {
        using KernelScope scope = Kernel.Enter();
        if (--_leases == 0 && !IsAlive && _memoryOwner is not null)
            scope.Dispose(_memoryOwner);
    }

    /// <summary>Ends a dataspace of the node itself: detached everywhere, capabilities to it void.</summary>
    internal void Revoke()
    {
        using KernelScope scope = Kernel.Enter();
        DetachEverywhere();
        End(scope);
    }

    /// <summary>Ends it; the memory goes when nobody reads it any more.</summary>
    internal void End(KernelScope scope)
    {
        if (!IsAlive)
            return;
        IsAlive = false;
        if (_leases == 0 && _memoryOwner is not null)
            scope.Dispose(_memoryOwner);
    }
}
