namespace Drover.Rpc.Generator.Model;

/// <param name="Number">The first word of its request.</param>
/// <param name="DeclaringInterface">Fully qualified.</param>
/// <param name="Name">Escaped if it is a keyword.</param>
/// <param name="DisplayName">"Interface.Method", for errors.</param>
internal sealed record RpcMethod(
    int Number,
    string DeclaringInterface,
    string Name,
    string DisplayName,
    WireType Result,
    EquatableArray<RpcParameter> Parameters);
