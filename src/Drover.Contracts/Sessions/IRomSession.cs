using Drover.Contracts.Rpc;

namespace Drover.Contracts.Sessions;

/// <summary>Service "ROM": one read-only module, named by the arguments of the session.</summary>
[RpcInterface]
public interface IRomSession
{
    /// <summary>The module's content as a read-only dataspace, padded with zeros to a page.</summary>
    Capability<IDataspace> Dataspace();

    /// <summary>Length without the padding.</summary>
    ulong LengthBytes();
}
