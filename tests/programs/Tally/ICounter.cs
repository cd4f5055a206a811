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

    /// <summary>Adds an entry's parts up.</summary>
    ulong Enter(Entry entry);

    /// <summary>What the thread that serves this has allocated in its life.</summary>
    Spending Spent();
}

[RpcInterface]
internal interface IMark;

internal readonly record struct FoldCounts(ulong OpenOwners, ulong RecordedOwners);

internal readonly record struct Entry(ulong Number, uint Small, long Other, double Fraction);

internal readonly record struct Spending(int Thread, long AllocatedBytes)
{
    public static Spending OfThisThread => new(Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());
}

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

    public ulong Enter(Entry entry) => entry.Number + entry.Small + (ulong)entry.Other + (ulong)entry.Fraction;

    public Spending Spent() => Spending.OfThisThread;
}
