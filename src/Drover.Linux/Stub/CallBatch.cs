using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Drover.Linux.Native;

namespace Drover.Linux.Stub;

/// <summary>A table of system calls to be run in another process, with what their pointers point to.</summary>
/// <remarks>Entries grow upwards from the start of the area, their data downwards from its end. Most batches fill little of the
/// area, so memory is taken for what is in it only.</remarks>
internal sealed class CallBatch
{
    private const int FirstEntries = 8;
    private const int FirstDataBytes = 256;

    private readonly int _lengthBytes;
    private readonly List<string?> _mustSucceed = new(FirstEntries);
    private byte[] _entries = new byte[FirstEntries * StubCode.EntryBytes];
    private byte[] _data = new byte[FirstDataBytes]; // what is in it ends at its end
    private int _dataStart;

    public CallBatch(ulong address = StubLayout.DataAddress, int lengthBytes = StubLayout.DataBytes)
    {
        Address = address;
        _lengthBytes = lengthBytes;
        _dataStart = lengthBytes;
    }

    /// <summary>Address of the first entry in the other process.</summary>
    public ulong Address { get; }

    public int Count => _mustSucceed.Count;

    public bool IsEmpty => Count == 0;

    /// <summary>The part that holds entries.</summary>
    public Span<byte> Entries => _entries.AsSpan(0, Count * StubCode.EntryBytes);

    /// <summary>The part that holds data, which ends at the end of the area.</summary>
    public Span<byte> Data => _data.AsSpan(IndexOf(_dataStart));

    public ulong DataAddress => Address + (ulong)_dataStart;

    /// <summary>True if a call with so much data still fits.</summary>
    public bool HasRoomFor(int dataBytes) =>
        (Count + 1) * StubCode.EntryBytes + dataBytes + 16 <= _dataStart;

    /// <summary>Adds a call whose failure the caller looks at; gives its index.</summary>
    public int Add(
        int number, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0, ulong e = 0, ulong f = 0) =>
        Append(null, number, a, b, c, d, e, f);

    /// <summary>Adds a call whose failure makes <see cref="ThrowOnFailure"/> throw in its name.</summary>
    public int Require(
        string name, int number, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0, ulong e = 0, ulong f = 0) =>
        Append(name, number, a, b, c, d, e, f);

    /// <summary>Room for a call's output; gives its address.</summary>
    public ulong Reserve(int lengthBytes, int alignment = 8)
    {
        int start = (_dataStart - lengthBytes) & -alignment;
        if (start < Count * StubCode.EntryBytes)
            throw new InvalidOperationException("The batch is full.");
        _dataStart = start;
        if (_lengthBytes - start > _data.Length)
            GrowData(_lengthBytes - start);
        return Address + (ulong)start;
    }

    /// <summary>Places a call's input; gives its address.</summary>
    public ulong Put(ReadOnlySpan<byte> content)
    {
        ulong address = Reserve(content.Length);
        content.CopyTo(At(address, content.Length));
        return address;
    }

    public ulong Put<T>(in T value)
        where T : unmanaged => Put(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>The data at an address that <see cref="Reserve"/> or <see cref="Put(ReadOnlySpan{byte})"/> gave.</summary>
    public Span<byte> At(ulong address, int lengthBytes) => _data.AsSpan(IndexOf((int)(address - Address)), lengthBytes);

    public T At<T>(ulong address)
        where T : unmanaged => MemoryMarshal.Read<T>(_data.AsSpan(IndexOf((int)(address - Address))));

    /// <summary>Result of a call that ran: what the kernel returned, negative for an error.</summary>
    public long Result(int index) =>
        BinaryPrimitives.ReadInt64LittleEndian(_entries.AsSpan(index * StubCode.EntryBytes + StubCode.ResultOffset));

    public void ThrowOnFailure()
    {
        for (int index = 0; index < Count; index++)
        {
            if (_mustSucceed[index] is { } name && Result(index) is < 0 and >= -4095 and var result)
                throw new LinuxException(name, (int)-result);
        }
    }

    /// <summary>Of what lies so far from the area's start.</summary>
    private int IndexOf(int offset) => _data.Length - (_lengthBytes - offset);

    private void GrowData(int usedBytes)
    {
        byte[] grown = new byte[Math.Max(usedBytes, Math.Min(_data.Length * 2, _lengthBytes))];
        _data.CopyTo(grown, grown.Length - _data.Length);
        _data = grown;
    }

    private int Append(string? name, int number, ulong a, ulong b, ulong c, ulong d, ulong e, ulong f)
    {
        int index = Count;
        int offset = index * StubCode.EntryBytes;
        if (offset + StubCode.EntryBytes > _dataStart)
            throw new InvalidOperationException("The batch is full.");
        if (offset == _entries.Length)
            Array.Resize(ref _entries, offset * 2);
        Span<ulong> entry = MemoryMarshal.Cast<byte, ulong>(_entries.AsSpan(offset, StubCode.EntryBytes));
        entry[0] = (ulong)number;
        entry[1] = a;
        entry[2] = b;
        entry[3] = c;
        entry[4] = d;
        entry[5] = e;
        entry[6] = f;
        entry[7] = unchecked((ulong)-Errno.ENOSYS);
        _mustSucceed.Add(name);
        return index;
    }
}
