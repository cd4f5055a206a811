namespace Drover.Rpc.Generator.Parsing;

/// <summary>Names and limits of Drover.Contracts, which the generator cannot reference.</summary>
internal static class KnownNames
{
    public const string RpcInterfaceAttribute = "Drover.Contracts.Rpc.RpcInterfaceAttribute";

    public const string Capability = "Drover.Contracts.Rpc.Capability<T>";

    public const string Attempt = "Drover.Contracts.Attempt<T, TError>";

    public const string Unit = "Drover.Contracts.Unit";

    /// <summary>UtcbLayout.MaxCapabilities</summary>
    public const int MaxCapabilities = 16;
}
