using Drover.Contracts.Rpc;

namespace Drover.Core.Ipc;

/// <summary>A kernel object whose requests are served inside the node.</summary>
internal interface IServedObject
{
    ServiceMode Mode { get; }

    IRpcDispatcher Dispatcher { get; }
}
