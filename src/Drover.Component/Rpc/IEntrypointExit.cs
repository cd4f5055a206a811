using Drover.Contracts.Rpc;

namespace Drover.Component.Rpc;

/// <summary>Ends an entrypoint's threads, one for each call: it is served by the thread that is to leave.</summary>
[RpcInterface]
internal interface IEntrypointExit
{
    void Leave();
}
