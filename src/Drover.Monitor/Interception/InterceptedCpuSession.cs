using Drover.Contracts.Sessions;

namespace Drover.Monitor.Interception;

internal sealed class InterceptedCpuSession(SessionCreation creation, ICpuSession inner)
    : InterceptedSession(creation), ICpuSession
{
    public uint KnownThreads() => inner.KnownThreads();

    public uint Processors() => inner.Processors();
}
