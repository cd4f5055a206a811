using Drover.Contracts;
using Drover.Contracts.Sessions;

namespace Drover.Monitor.Interception;

/// <summary>Names and affinities are the kernel's state of each thread, which a checkpoint reads.</summary>
internal sealed class InterceptedCpuSession(SessionCreation creation, ICpuSession inner)
    : InterceptedSession(creation), ICpuSession
{
    public uint KnownThreads() => inner.KnownThreads();

    public uint Processors() => inner.Processors();

    public byte[] ThreadSlots() => inner.ThreadSlots();

    public Attempt<string, ThreadError> ThreadName(uint slot) => inner.ThreadName(slot);

    public Attempt<byte[], ThreadError> ThreadAffinity(uint slot) => inner.ThreadAffinity(slot);

    public Attempt<Unit, ThreadError> SetThreadAffinity(uint slot, ReadOnlySpan<byte> mask) =>
        inner.SetThreadAffinity(slot, mask);
}
