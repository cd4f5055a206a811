using Drover.Contracts.Rpc;

namespace Drover.Component.Capabilities;

/// <summary>An RPC object that the component serves.</summary>
/// <param name="Label">Its place in the pool.</param>
/// <param name="Entrypoint">Number of the one that serves it.</param>
/// <param name="IsInternal">It is the base library's own, not the component's.</param>
/// <param name="Dispatcher">Takes requests apart.</param>
/// <param name="Owner">Keeps the gate's selector as long as the object is served.</param>
internal sealed record ManagedObject(uint Label, uint Entrypoint, bool IsInternal, IRpcDispatcher Dispatcher, SelectorOwner Owner);
