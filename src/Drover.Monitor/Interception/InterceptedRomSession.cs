using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Monitor.Interception;

/// <summary>The arguments name the module, which is all there is to a ROM session.</summary>
internal sealed class InterceptedRomSession(SessionCreation creation, IRomSession inner)
    : InterceptedSession(creation), IRomSession
{
    public string Module => Creation.Arguments;

    public Capability<IDataspace> Dataspace() => inner.Dataspace();

    public ulong LengthBytes() => inner.LengthBytes();
}
