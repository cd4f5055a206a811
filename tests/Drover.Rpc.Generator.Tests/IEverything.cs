using Drover.Contracts;
using Drover.Contracts.Rpc;

namespace Drover.Rpc.Generator.Tests;

public enum Mood : short
{
    Calm = -1,
    Wild = 7,
}

public readonly record struct Place(double X, double Y, Mood Mood);

[RpcInterface]
public interface IBase
{
    int First();
}

/// <summary>All that can be marshalled.</summary>
[RpcInterface]
public interface IEverything : IBase
{
    long Numbers(sbyte a, ushort b, int c, ulong d, float e, char f, Guid g);

    Place Move(Place from, Mood mood);

    string Join(string left, string right, bool reverse);

    byte[] Concat(ReadOnlySpan<byte> left, byte[] right);

    void Nothing();

    Unit AlsoNothing();

    Capability<IEverything>? Pass(Capability<IEverything>? optional, Capability<IEverything> needed, bool giveOptional);

    Attempt<string, Mood> Text(bool succeed);

    Attempt<Capability<IEverything>, Mood> Object(bool succeed);

    Attempt<byte[], Mood> Bytes(bool succeed);

    Attempt<bool, Mood> Flag(bool succeed);

    Attempt<Unit, Mood> Unit(bool succeed);
}
