using System.Buffers.Binary;

namespace Drover.Bench.Criu;

/// <summary>What CRIU tells of a dump in its file "stats-dump": two magic words, a length, and one message of protocol buffers in
/// which the statistics of a dump are field 1, with times in microseconds.</summary>
/// <param name="Freezing">Until all threads stood still.</param>
/// <param name="Frozen">For so long they did.</param>
internal readonly record struct DumpStatistics(TimeSpan Freezing, TimeSpan Frozen)
{
    private const uint ServiceMagic = 0x55105940;
    private const uint StatisticsMagic = 0x57093306;
    private const int HeaderBytes = 12;
    private const int DumpField = 1;
    private const int FreezingField = 1;
    private const int FrozenField = 2;
    private const int Varint = 0;
    private const int LengthDelimited = 2;

    /// <summary>What Drover calls the pause: from the request to stop until the threads run again.</summary>
    public TimeSpan Pause => Freezing + Frozen;

    /// <summary>Throws <see cref="BenchException"/> if it is something else.</summary>
    public static DumpStatistics Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(file) != ServiceMagic
            || BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) != StatisticsMagic)
            throw new BenchException("CRIU's statistics are not in the form that is known");
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        if (length > file.Length - HeaderBytes)
            throw new BenchException("CRIU's statistics are cut off");
        ReadOnlySpan<byte> dump = Fields(file.Slice(HeaderBytes, (int)length), DumpField, out _);
        Fields(dump, FreezingField, out ulong freezing);
        Fields(dump, FrozenField, out ulong frozen);
        return new DumpStatistics(TimeSpan.FromMicroseconds(freezing), TimeSpan.FromMicroseconds(frozen));
    }

    /// <summary>The content of the field with that number, or its value.</summary>
    private static ReadOnlySpan<byte> Fields(ReadOnlySpan<byte> message, int wanted, out ulong value)
    {
        while (!message.IsEmpty)
        {
            ulong key = ReadVarint(ref message);
            value = (key & 7) is Varint or LengthDelimited ? ReadVarint(ref message) : throw Unknown();
            ReadOnlySpan<byte> content = default;
            if ((key & 7) == LengthDelimited)
            {
                if (value > (ulong)message.Length)
                    throw Unknown();
                content = message[..(int)value];
                message = message[(int)value..];
            }

            if (key >> 3 == (ulong)wanted)
                return content;
        }

        throw Unknown();
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> message)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (message.IsEmpty)
                throw Unknown();
            byte part = message[0];
            message = message[1..];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw Unknown();
    }

    private static BenchException Unknown() => new("CRIU's statistics hold a field that is not known, or lack one that is");
}
