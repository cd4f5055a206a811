using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using FsCheck;
using FsCheck.Fluent;

namespace Drover.Rpc.Generator.Tests;

public sealed class RoundTripTests
{
    private readonly Everything _target = new();
    private readonly Capability<IEverything> _capability;
    private readonly Loopback _loopback;
    private readonly IEverything _client;

    public RoundTripTests()
    {
        _capability = Loopback.To<IEverything>(_target);
        _loopback = Loopback.Of(_capability);
        _client = _capability.Client;
    }

    [Fact]
    public void Values_arrive_as_they_were_sent()
    {
        Guid guid = Guid.Parse("01234567-89ab-cdef-0123-456789abcdef");
        Assert.Equal(long.MinValue, _client.Numbers(-3, 65535, int.MinValue, ulong.MaxValue, 1.5f, 'ß', guid));
        Assert.Equal([$"-3 65535 -2147483648 18446744073709551615 1.5 ß {guid}"], _target.Calls);
        Assert.Equal(new Place(2, 1, Mood.Wild), _client.Move(new(1, 2, Mood.Calm), Mood.Wild));
        Assert.Equal(1, _client.First());
        _client.Nothing();
        Assert.Equal(default, _client.AlsoNothing());
    }

    [Fact]
    public void Any_text_and_any_bytes_arrive_as_they_were_sent() =>
        Prop.ForAll<string, byte[], byte[]>((text, left, right) =>
        {
            string wellFormed = string.Concat((text ?? "").EnumerateRunes().Select(rune => rune.ToString()));
            return _client.Join(wellFormed, "-", false) == wellFormed + "-"
                && _client.Concat(left, right).SequenceEqual(left.Concat(right));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Attempts_give_value_or_error()
    {
        Assert.Equal("text", _client.Text(true).Value);
        Assert.Equal(Mood.Wild, _client.Text(false).Error);
        Assert.Equal("bytes"u8, _client.Bytes(true).Value);
        Assert.Equal(Mood.Wild, _client.Bytes(false).Error);
        Assert.True(_client.Flag(true).Value);
        Assert.Equal(Mood.Wild, _client.Flag(false).Error);
        Assert.True(_client.Unit(true).Succeeded);
        Assert.Equal(Mood.Wild, _client.Unit(false).Error);
        Assert.Equal(Mood.Wild, _client.Object(false).Error);
    }

    [Fact]
    public void Methods_are_numbered_from_the_base_in_order_of_declaration()
    {
        List<ushort> numbers = [];
        _loopback.OnRequest = bytes =>
        {
            numbers.Add(BitConverter.ToUInt16(bytes));
            return bytes;
        };
        _client.First();
        _client.Numbers(0, 0, 0, 0, 0, 'a', default);
        _client.Move(new(0, 0, Mood.Calm), Mood.Calm);
        _client.Unit(true);
        Assert.Equal([0, 1, 2, 12], numbers.Select(number => (int)number));
    }

    [Fact]
    public void Capabilities_are_lent_as_arguments_and_given_as_results()
    {
        Loopback other = Loopback.Of(Loopback.To<IEverything>(new Everything()));
        Capability<IEverything> argument = new(other);
        using (Capability<IEverything> result = _client.Pass(null, argument, false)!)
        {
            Assert.Equal([" 1"], _target.Calls);
            Assert.Same(other, Loopback.Of(result));
            Assert.Equal(2, other.Open); // the argument's and the result's
        }

        Assert.Equal(1, other.Open);
        Assert.Null(_client.Pass(null, argument, true));
        _target.Gift = argument.Duplicate();
        _client.Object(true).Value.Dispose();
        Assert.Equal(1, other.Open); // what the object returned was given away
    }

    [Fact]
    public void Capabilities_are_given_back_when_the_object_fails()
    {
        Loopback other = Loopback.Of(Loopback.To<IEverything>(new Everything()));
        _target.During = () => throw new NotSupportedException("on purpose");
        RpcException failure = Assert.Throws<RpcException>(() => _client.Pass(new(other), new(other), true));
        Assert.Equal((CallStatus.ServerFault, "IEverything.Pass"), (failure.Status, failure.Method));
        Assert.IsType<NotSupportedException>(_loopback.LastFault);
        Assert.Equal(1, other.Open);
    }

    [Fact]
    public void An_RPC_failure_inside_the_object_is_its_own_fault()
    {
        _target.During = () => throw new RpcException(CallStatus.NoSuchSelector, "ISomewhere.Else");
        Assert.Equal(CallStatus.ServerFault, Assert.Throws<RpcException>(() => _client.Join("a", "b", false)).Status);
        Assert.Equal("ISomewhere.Else", Assert.IsType<RpcException>(_loopback.LastFault).Method);
    }

    [Fact]
    public void A_reply_that_does_not_fit_is_refused()
    {
        string half = new('x', (UtcbLayout.DataBytes / 2) - 8);
        Assert.Equal(half + half, _client.Join(half, half, false));
        Assert.Equal(CallStatus.MessageTooLong, Assert.Throws<RpcException>(() => _client.Join(half, half + "12345678901", true)).Status);
        byte[] bytes = new byte[(UtcbLayout.DataBytes / 2) - 5];
        Assert.Equal(bytes.Length * 2, _client.Concat(bytes, bytes).Length);
    }

    [Fact]
    public void Null_is_refused_before_anything_is_sent()
    {
        Assert.Throws<ArgumentNullException>("right", () => _client.Join("a", null!, false));
        Assert.Throws<ArgumentNullException>("needed", () => _client.Pass(null, null!, false));
    }

    [Fact]
    public void Requests_of_any_shape_never_reach_the_object_halfway() =>
        Prop.ForAll<byte[]>(garbage =>
        {
            _target.Calls.Clear();
            _loopback.OnRequest = _ => [4, 0, .. garbage]; // Concat takes two runs of bytes
            bool complete = IsTwoRuns(garbage);
            try
            {
                _client.Nothing();
            }
            catch (RpcException)
            {
            }

            _loopback.OnRequest = bytes => bytes;
            return (_loopback.LastStatus == CallStatus.Ok) == complete && _loopback.LastFault is null;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(new byte[0], CallStatus.MalformedMessage)]
    [InlineData(new byte[] { 0 }, CallStatus.MalformedMessage)]
    [InlineData(new byte[] { 0, 0, 9 }, CallStatus.MalformedMessage)] // trailing byte
    [InlineData(new byte[] { 200, 0 }, CallStatus.NoSuchMethod)]
    [InlineData(new byte[] { 8, 0, 2 }, CallStatus.MalformedMessage)] // a bool that is neither
    [InlineData(new byte[] { 7, 0, 1, 1, 0 }, CallStatus.MalformedMessage)] // capabilities that are not there
    [InlineData(new byte[] { 7, 0, 0, 0, 0 }, CallStatus.MalformedMessage)] // null where one is needed
    [InlineData(new byte[] { 7, 0, 5, 0, 0 }, CallStatus.MalformedMessage)]
    [InlineData(new byte[] { 3, 0, 255, 255, 255, 255 }, CallStatus.MalformedMessage)] // a negative length
    [InlineData(new byte[] { 3, 0, 255, 255, 255, 127 }, CallStatus.MalformedMessage)]
    public void Malformed_requests_are_refused(byte[] request, CallStatus status)
    {
        _loopback.OnRequest = _ => request;
        Assert.Equal(status, Assert.Throws<RpcException>(_client.Nothing).Status);
        Assert.Empty(_target.Calls);
        Assert.Null(_loopback.LastFault);
    }

    [Fact]
    public void Capabilities_of_a_malformed_request_are_given_back()
    {
        Loopback other = Loopback.Of(Loopback.To<IEverything>(new Everything()));
        _loopback.OnRequest = bytes => [.. bytes, 0];
        Assert.Throws<RpcException>(() => _client.Pass(new(other), new(other), true));
        Assert.Equal(1, other.Open);
        _loopback.OnRequest = bytes => bytes[..3];
        Assert.Throws<RpcException>(() => _client.Pass(new(other), new(other), true));
        Assert.Equal(1, other.Open);
    }

    [Fact]
    public void Malformed_replies_are_refused_and_what_they_carry_is_given_back()
    {
        Loopback other = Loopback.Of(Loopback.To<IEverything>(new Everything()));
        _loopback.OnReply = bytes => [.. bytes, 0];
        RpcException trailing = Assert.Throws<RpcException>(() => _client.Pass(null, new(other), false));
        Assert.Equal((CallStatus.MalformedMessage, "IEverything.Pass"), (trailing.Status, trailing.Method));
        Assert.Equal(1, other.Open);
        _loopback.OnReply = bytes => bytes[..^1];
        Assert.Equal("IBase.First", Assert.Throws<RpcException>(() => _client.First()).Method);
        _loopback.OnReply = _ => [2];
        Assert.Throws<RpcException>(() => _client.Text(true));
        Assert.Throws<RpcException>(() => _client.Flag(true));
    }

    private static bool IsTwoRuns(byte[] bytes)
    {
        int at = 0;
        for (int run = 0; run < 2; run++)
        {
            if (bytes.Length - at < sizeof(int))
                return false;
            int length = BitConverter.ToInt32(bytes, at);
            at += sizeof(int);
            if (length < 0 || length > bytes.Length - at)
                return false;
            at += length;
        }

        return at == bytes.Length;
    }
}
