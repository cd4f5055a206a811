namespace Drover.Rpc.Generator.Model;

/// <summary>An interface, or what keeps it from being one that can be called across domains.</summary>
internal sealed record ParseResult(RpcInterface? Interface, EquatableArray<DiagnosticInfo> Diagnostics);
