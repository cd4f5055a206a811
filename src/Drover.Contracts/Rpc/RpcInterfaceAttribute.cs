namespace Drover.Contracts.Rpc;

/// <summary>
/// Marks an interface whose methods are called across protection domains. From it the generator makes a client and a
/// dispatcher, and registers both with <see cref="RpcBinding{T}"/>. Methods are numbered in the order they are declared,
/// those of inherited interfaces first.
/// </summary>
/// <remarks>
/// A call through a client and a call of the object itself treat capabilities alike. Arguments are borrowed: the caller
/// remains their owner, and an object that keeps one beyond the call keeps a <see cref="Capability{T}.Duplicate"/> of it
/// (the dispatcher disposes what arrived when the method returns). Results are given: the caller becomes their owner, and
/// an object that returns a capability which it keeps returns a duplicate (the dispatcher disposes what it sent).
/// </remarks>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class RpcInterfaceAttribute : Attribute;
