using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Drover.Contracts.Abi;

namespace Drover.Contracts.Rpc;

/// <summary>
/// One message: data, and capabilities beside it. Written or read from front to back, in the order in which the method
/// declares its parameters. Not thread-safe; belongs to one thread.
/// </summary>
/// <remarks>Values lie unaligned; strings and byte runs are a 32-bit length, then the bytes (strings in UTF-8).
/// A capability is a byte: 1 if the next capability of the message is meant, 0 for none.</remarks>
public abstract class MessageBuffer
{
    private int _position;

    /// <summary>Bytes of data in the message.</summary>
    public int DataBytes { get; private set; }

    /// <summary>Bytes not yet read.</summary>
    public int UnreadBytes => DataBytes - _position;

    /// <summary>All the room there is for data.</summary>
    protected abstract Span<byte> Data { get; }

    /// <summary>Empties the message for writing.</summary>
    public void Reset()
    {
        _position = 0;
        DataBytes = 0;
        ResetCapabilities();
    }

    /// <summary>Turns to reading a message of that many bytes, which have arrived in <see cref="Data"/>.</summary>
    protected void BeginRead(int dataBytes)
    {
        _position = 0;
        DataBytes = dataBytes;
    }

    public void Write<T>(T value)
        where T : unmanaged =>
        MemoryMarshal.Write(Grow(Unsafe.SizeOf<T>()), in value);

    /// <summary>Clears bytes of the value that was written last: padding, which holds whatever lay in memory before.</summary>
    public void ClearLast<T>(int offset, int lengthBytes)
        where T : unmanaged =>
        Data[(DataBytes - Unsafe.SizeOf<T>())..DataBytes].Slice(offset, lengthBytes).Clear();

    public T Read<T>()
        where T : unmanaged =>
        MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Write(bytes.Length);
        bytes.CopyTo(Grow(bytes.Length));
    }

    /// <summary>The bytes, valid until the message is written or sent again.</summary>
    public ReadOnlySpan<byte> ReadBytes() => Take(Read<int>());

    public void WriteString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int bytes = Encoding.UTF8.GetByteCount(text);
        Write(bytes);
        Encoding.UTF8.GetBytes(text, Grow(bytes));
    }

    public string ReadString() => Encoding.UTF8.GetString(ReadBytes());

    /// <summary>Adds a capability. The message holds on to it until it is emptied; the caller remains its owner.</summary>
    public void WriteCapability(CapabilityOwner? capability)
    {
        Write((byte)(capability is null ? 0 : 1));
        if (capability is not null)
            AddCapability(capability);
    }

    /// <summary>The next capability; the caller becomes its owner. Null if none was sent in its place.</summary>
    public CapabilityOwner? ReadCapability() => Read<byte>() switch
    {
        0 => null,
        1 => TakeCapability() ?? throw Malformed(),
        _ => throw Malformed(),
    };

    protected abstract void ResetCapabilities();

    protected abstract void AddCapability(CapabilityOwner capability);

    protected abstract CapabilityOwner? TakeCapability();

    protected static RpcException Malformed() => new(CallStatus.MalformedMessage, "message");

    private Span<byte> Grow(int count)
    {
        Span<byte> data = Data;
        if (count > data.Length - DataBytes)
            throw new RpcException(CallStatus.MessageTooLong, "message");
        Span<byte> room = data.Slice(DataBytes, count);
        DataBytes += count;
        return room;
    }

    private Span<byte> Take(int count)
    {
        if (count < 0 || count > UnreadBytes)
            throw Malformed();
        Span<byte> taken = Data.Slice(_position, count);
        _position += count;
        return taken;
    }
}
