using Drover.Contracts.Rpc;

namespace Drover.Bench.Inner;

/// <summary>Next to no work, so that a call costs what calling costs.</summary>
[RpcInterface]
public interface ISummand
{
    ulong Add(ulong number);
}
