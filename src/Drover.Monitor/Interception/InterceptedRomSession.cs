using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Memory;
using Drover.Core.Services;

namespace Drover.Monitor.Interception;

/// <summary>The arguments name the module, which is all there is to a ROM session.</summary>
internal sealed class InterceptedRomSession(SessionCreation creation, RomSession inner)
    : InterceptedSession(creation), IRomSession
{
    public string Module => Creation.Arguments;

    /// <summary>What the session gives, and ends when it is closed.</summary>
    public Dataspace Content => inner.Content;

    public Capability<IDataspace> Dataspace() => inner.Dataspace();

    public ulong LengthBytes() => inner.LengthBytes();

    protected override void Close() => inner.Dispose();
}
