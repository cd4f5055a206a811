using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Rpc.Generator.Tests;

/// <summary>Bytes that are no value of their type are refused on either side, and bytes of no value are not sent.</summary>
public sealed class ArrivedValueTests
{
    private const int MethodBytes = sizeof(ushort);

    private readonly Loopback _loopback;
    private readonly IEverything _client;

    public ArrivedValueTests()
    {
        Capability<IEverything> capability = Loopback.To<IEverything>(new Everything());
        _loopback = Loopback.Of(capability);
        _client = capability.Client;
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(5, true)]
    [InlineData(2, false)]
    [InlineData(13, false)]
    [InlineData(255, false)]
    public void Flags_have_only_bits_that_their_type_names(byte wishes, bool isDefined)
    {
        AssertRefused(() => _client.Wish((Wishes)wishes), !isDefined);
        Assert.Equal(isDefined ? CallStatus.Ok : CallStatus.MalformedMessage, _loopback.LastStatus);

        _loopback.OnReply = _ => [wishes];
        AssertRefused(() => _client.Wish(Wishes.Food), !isDefined);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(7, true)]
    [InlineData(0, false)]
    [InlineData(8, false)]
    [InlineData(short.MinValue, false)]
    public void Enum_has_only_values_that_its_type_names(short mood, bool isDefined)
    {
        AssertRefused(() => _client.Move(default(Place) with { Mood = Mood.Calm }, (Mood)mood), !isDefined);
        AssertRefused(() => _client.Move(default(Place) with { Mood = (Mood)mood }, Mood.Calm), !isDefined);
        byte[] reply = [1, .. BitConverter.GetBytes(mood)];
        _loopback.OnReply = _ => reply;
        AssertRefused(() => Assert.Equal((Mood)mood, _client.Text(false).Error), !isDefined);
    }

    [Theory]
    [InlineData(1ul, true)]
    [InlineData(ulong.MaxValue, true)]
    [InlineData(0ul, false)]
    [InlineData(2ul, false)]
    [InlineData(ulong.MaxValue - 1, false)]
    public void Enum_of_the_largest_type_is_checked_too(ulong distance, bool isDefined)
    {
        byte[] reply = [1, .. BitConverter.GetBytes(distance)];
        _loopback.OnReply = _ => reply;
        AssertRefused(() => Assert.Equal((Distance)distance, _client.Find(false).Error), !isDefined);
        Table table = new() { Distance = (Distance)distance };
        _loopback.OnReply = bytes => bytes;
        AssertRefused(() => Assert.Equal((Distance)distance, _client.Lay(table).Distance), !isDefined);
    }

    [Fact]
    public void Bool_in_a_struct_is_zero_or_one()
    {
        int isAwake = (int)Marshal.OffsetOf<GuestLayout>(nameof(GuestLayout.IsAwake));
        _loopback.OnRequest = bytes => With(bytes, MethodBytes + isAwake, 2);
        AssertRefused(() => _client.Seat(default), isRefused: true);
        Assert.Equal(CallStatus.MalformedMessage, _loopback.LastStatus);
        _loopback.OnRequest = bytes => With(bytes, MethodBytes + isAwake, 1);
        Assert.True(_client.Seat(default).IsAwake);
    }

    [Fact]
    public void Padding_is_sent_as_zeros_whatever_lay_in_memory()
    {
        byte[]? request = null;
        byte[]? reply = null;
        _loopback.OnRequest = bytes => request = bytes;
        _loopback.OnReply = bytes => reply = bytes;
        Table table = Filled(0xff);
        Table clean = Filled(0);
        Assert.Equal(clean, table);

        _client.Lay(table);

        byte[] expected = MemoryMarshal.AsBytes(new ReadOnlySpan<Table>(in clean)).ToArray();
        Assert.NotEqual(expected, MemoryMarshal.AsBytes(new ReadOnlySpan<Table>(in table)).ToArray());
        Assert.Equal(expected, request![MethodBytes..]);
        Assert.Equal(expected, reply);
    }

    /// <summary>Set field by field, so that the gaps keep what they had.</summary>
    private static Table Filled(byte before)
    {
        Table table = default;
        MemoryMarshal.AsBytes(new Span<Table>(ref table)).Fill(before);
        ref TableLayout layout = ref Unsafe.As<Table, TableLayout>(ref table);
        layout.Number = 0x0101;
        layout.Distance = Distance.Near;
        layout.Chairs = 1;
        layout.Guest.Age = 1;
        layout.Guest.Tall = 2;
        layout.Guest.Wishes = Wishes.Food;
        layout.Guest.Weight = 3;
        layout.Guest.IsAwake = 1;
        return table;
    }

    private static byte[] With(byte[] bytes, int offset, byte value)
    {
        bytes[offset] = value;
        return bytes;
    }

    private static void AssertRefused(Action call, bool isRefused)
    {
        if (isRefused)
            Assert.Equal(CallStatus.MalformedMessage, Assert.Throws<RpcException>(call).Status);
        else
            call();
    }

    /// <summary>As <see cref="Guest"/>, with fields that can be set one by one.</summary>
    private struct GuestLayout
    {
        public byte Age;
        public uint Tall;
        public Wishes Wishes;
        public double Weight;
        public byte IsAwake;
    }

    /// <summary>As <see cref="Table"/>.</summary>
    private struct TableLayout
    {
        public ushort Number;
        public GuestLayout Guest;
        public Distance Distance;
        public byte Chairs;
    }
}
