using System.Text;
using Drover.Contracts;
using Drover.Contracts.Rpc;

namespace Drover.Rpc.Generator.Tests;

/// <summary>Serves <see cref="IEverything"/> and writes down what it was called with.</summary>
internal sealed class Everything : IEverything
{
    public List<string> Calls { get; } = [];

    public Capability<IEverything>? Gift { get; set; }

    public Action? During { get; set; }

    public int First() => 1;

    public long Numbers(sbyte a, ushort b, int c, ulong d, float e, char f, Guid g)
    {
        Calls.Add($"{a} {b} {c} {d} {e} {f} {g}");
        return long.MinValue;
    }

    public Place Move(Place from, Mood mood) => new(from.Y, from.X, mood);

    public string Join(string left, string right, bool reverse)
    {
        Calls.Add(left + right);
        During?.Invoke();
        return reverse ? right + left : left + right;
    }

    public byte[] Concat(ReadOnlySpan<byte> left, byte[] right) => [.. left, .. right];

    public void Nothing() => Calls.Add("nothing");

    public Unit AlsoNothing() => Drover.Contracts.Unit.Value;

    public Capability<IEverything>? Pass(Capability<IEverything>? optional, Capability<IEverything> needed, bool giveOptional)
    {
        Calls.Add($"{optional?.Client.First()} {needed.Client.First()}");
        During?.Invoke();
        return giveOptional ? optional?.Duplicate() : needed.Duplicate();
    }

    public Attempt<string, Mood> Text(bool succeed) => succeed ? "text" : Mood.Wild;

    public Attempt<Capability<IEverything>, Mood> Object(bool succeed) => succeed ? Gift! : Mood.Wild;

    public Attempt<byte[], Mood> Bytes(bool succeed) => succeed ? Encoding.UTF8.GetBytes("bytes") : Mood.Wild;

    public Attempt<bool, Mood> Flag(bool succeed) => succeed ? true : Mood.Wild;

    public Attempt<Unit, Mood> Unit(bool succeed) => succeed ? Drover.Contracts.Unit.Value : Mood.Wild;

    public Wishes Wish(Wishes wishes) => wishes;

    public Guest Seat(Guest guest) => guest;

    public Table Lay(Table table) => table;

    public Attempt<Guest, Distance> Find(bool succeed) => succeed ? default(Guest) : Distance.Far;
}
