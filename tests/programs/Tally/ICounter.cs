using Drover.Component;
using Drover.Component.Capabilities;
using Drover.Contracts.Rpc;

namespace Tally;

[RpcInterface]
internal interface ICounter
{
    /// <summary>Counts and gives the new count.</summary>
    ulong Add();

    ulong Total();

    Capability<IMark> Pass(Capability<IMark> mark);

    FoldCounts Counts();
}

[RpcInterface]
internal interface IMark;

internal readonly record struct FoldCounts(ulong OpenOwners, ulong RecordedOwners);

internal sealed class Mark : IMark;

internal sealed class Counter(Env env) : ICounter
{
    private ulong _total;

    public ulong Add() => Interlocked.Increment(ref _total);

    public ulong Total() => Interlocked.Read(ref _total);

    public Capability<IMark> Pass(Capability<IMark> mark) => mark.Duplicate();

    public FoldCounts Counts()
    {
        CapabilityUse use = env.CapabilityUse();
        return new((ulong)use.OpenOwners, (ulong)use.RecordedOwners);
    }
}
