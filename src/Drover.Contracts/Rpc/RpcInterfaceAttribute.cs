namespace Drover.Contracts.Rpc;

/// <summary>
/// Marks an interface whose methods are called across protection domains. From it the generator makes a client and a
/// dispatcher, and registers both with <see cref="RpcBinding{T}"/>. Methods are numbered in the order they are declared.
/// </summary>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class RpcInterfaceAttribute : Attribute;
