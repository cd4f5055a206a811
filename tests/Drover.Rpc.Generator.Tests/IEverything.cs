using Drover.Contracts;
using Drover.Contracts.Rpc;

namespace Drover.Rpc.Generator.Tests;

public enum Mood : short
{
    Calm = -1,
    Wild = 7,
}

public readonly record struct Place(double X, double Y, Mood Mood);

[Flags]
public enum Wishes : byte
{
    None = 0,
    Food = 1,
    Sleep = 4,
}

public enum Distance : ulong
{
    Near = 1,
    Far = ulong.MaxValue,
}

/// <summary>Has gaps before Tall, after Wishes and at its end.</summary>
public readonly record struct Guest(byte Age, uint Tall, Wishes Wishes, double Weight, bool IsAwake);

/// <summary>A struct within a struct; its gaps lie within, too.</summary>
public readonly record struct Table(ushort Number, Guest Guest, Distance Distance, byte Chairs);

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

    Wishes Wish(Wishes wishes);

    Guest Seat(Guest guest);

    Table Lay(Table table);

    Attempt<Guest, Distance> Find(bool succeed);
}
