using Drover.Contracts.Rpc;

namespace Drover.Component.Capabilities;

/// <summary>An RPC object that the component serves.</summary>
/// <param name="Label">Its place in the pool.</param>
/// <param name="Dispatcher">Takes requests apart.</param>
/// <param name="Owner">Keeps the gate's selector as long as the object is served.</param>
internal sealed record ManagedObject(uint Label, IRpcDispatcher Dispatcher, SelectorOwner Owner);
