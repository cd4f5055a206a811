using Drover.Contracts.Rpc;

namespace Drover.Contracts.Sessions;

/// <summary>Why something about a thread was refused.</summary>
public enum ThreadError
{
    /// <summary>No thread has that UTCB slot.</summary>
    NoSuchThread = 1,

    /// <summary>None of the CPUs is there.</summary>
    NoSuchProcessor = 2,
}

/// <summary>The component's threads. Well-known selector 3. A thread is named by its UTCB slot, which it has from its first
/// private call to its end, and keeps in a restore.</summary>
[RpcInterface]
public interface ICpuSession
{
    /// <summary>Threads of the component that are known to core.</summary>
    uint KnownThreads();

    /// <summary>CPUs that the component may run on.</summary>
    uint Processors();

    /// <summary>The slots that have a thread: 128 bytes, a bit for each slot, the lowest first.</summary>
    byte[] ThreadSlots();

    /// <summary>The name that the thread gave itself by prctl(2); at most 15 characters.</summary>
    Attempt<string, ThreadError> ThreadName(uint slot);

    /// <summary>The CPUs that the thread may run on, a bit for each, the lowest first. After a restore on a node that lacks
    /// some of them, others stand in for these.</summary>
    Attempt<byte[], ThreadError> ThreadAffinity(uint slot);

    /// <summary>Says which CPUs the thread may run on.</summary>
    Attempt<Unit, ThreadError> SetThreadAffinity(uint slot, ReadOnlySpan<byte> mask);
}
