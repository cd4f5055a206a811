namespace Drover.Rpc.Generator.Model;

/// <param name="Namespace">Empty for the global one.</param>
/// <param name="FullName">Fully qualified.</param>
/// <param name="FlatName">With the names of containing types; unique in its namespace.</param>
internal sealed record RpcInterface(string Namespace, string FullName, string FlatName, EquatableArray<RpcMethod> Methods);
