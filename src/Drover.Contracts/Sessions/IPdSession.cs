using Drover.Contracts.Rpc;

namespace Drover.Contracts.Sessions;

/// <summary>Why core refused to make an object.</summary>
public enum AllocationError
{
    OutOfMemory = 1,

    OutOfCapabilities = 2,

    InvalidArgument = 3,

    /// <summary>The capability passed is not of the kind asked for, or belongs to another domain.</summary>
    WrongKind = 4,
}

/// <summary>Limit and use of one kind of quota.</summary>
public readonly record struct QuotaAccount(ulong Limit, ulong Used);

/// <summary>The protection domain: its objects and its quotas. Well-known selector 2.</summary>
[RpcInterface]
public interface IPdSession
{
    /// <summary>The dataspace for the component's relocatable tables; the same one at each call. It can be neither
    /// delegated nor attached by anybody else.</summary>
    Capability<IDataspace> CapabilitySpaceDataspace();

    /// <summary>Allocates zeroed memory, charged to the RAM quota. The length is rounded up to pages.</summary>
    Attempt<Capability<IDataspace>, AllocationError> AllocateDataspace(ulong lengthBytes);

    /// <summary>Destroys a dataspace that this domain allocated: detached everywhere, memory given back.</summary>
    Attempt<Unit, AllocationError> FreeDataspace(Capability<IDataspace> dataspace);

    /// <summary>Makes an IPC gate. Requests to it carry its badge and <paramref name="label"/> and go to the threads that
    /// wait at <paramref name="entrypoint"/>, a number of the component's choosing below 64.</summary>
    Attempt<Capability<IObject>, AllocationError> CreateGate(uint entrypoint, ulong label);

    /// <summary>Destroys a gate of this domain: every capability to it is void from now on.</summary>
    Attempt<Unit, AllocationError> DissolveGate(Capability<IObject> gate);

    /// <summary>Makes a source at which a thread can wait for signals.</summary>
    Attempt<Capability<ISignalSource>, AllocationError> CreateSignalSource();

    /// <summary>Makes a context of a source; <paramref name="imprint"/> is what the waiting thread gets to know it by.</summary>
    Attempt<Capability<ISignalContext>, AllocationError> CreateSignalContext(Capability<ISignalSource> source, ulong imprint);

    /// <summary>Destroys a signal context of this domain.</summary>
    Attempt<Unit, AllocationError> FreeSignalContext(Capability<ISignalContext> context);

    /// <summary>Bytes.</summary>
    QuotaAccount RamQuota();

    /// <summary>Capability slots and objects.</summary>
    QuotaAccount CapabilityQuota();

    /// <summary>Destroys a signal source of this domain. Threads that wait at it get PeerGone; its contexts are
    /// freed with it.</summary>
    Attempt<Unit, AllocationError> FreeSignalSource(Capability<ISignalSource> source);
}

/// <summary>A container of memory, without an address.</summary>
[RpcInterface]
public interface IDataspace
{
    ulong LengthBytes();

    bool Writable();
}

/// <summary>Where signals arrive; waited at by the private call SignalWait.</summary>
[RpcInterface]
public interface ISignalSource;

/// <summary>The target of payload-free notifications.</summary>
[RpcInterface]
public interface ISignalContext
{
    /// <summary>Notifies. Counted until the receiver takes it.</summary>
    void Submit(uint count);
}
