using Drover.Contracts.Rpc;

namespace Meter;

/// <summary>Service "Adder": next to no work, so that a call costs what calling costs.</summary>
[RpcInterface]
public interface IAdder
{
    ulong Add(ulong number);
}
