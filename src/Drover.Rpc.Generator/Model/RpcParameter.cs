namespace Drover.Rpc.Generator.Model;

/// <param name="Name">Escaped if it is a keyword.</param>
internal sealed record RpcParameter(string Name, WireType Type, bool IsScoped);
