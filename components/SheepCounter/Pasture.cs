using System.Runtime.InteropServices;
using Drover.Component;
using Drover.Component.Memory;

namespace SheepCounter;

/// <summary>A dataspace that is rewritten at each count, with a checksum, so that lost or mixed memory shows itself.</summary>
internal sealed class Pasture(Env env) : IDisposable
{
    private const int LengthBytes = 64 * 1024;

    private readonly Dataspace _dataspace = env.Allocate(LengthBytes);
    private Attachment? _attachment;
    private ulong _checksum;

    private Span<ulong> Words => MemoryMarshal.Cast<byte, ulong>((_attachment ??= _dataspace.Attach()).Span);

    /// <summary>Fills all of it with what belongs to the count.</summary>
    public void Graze(ulong count)
    {
        Span<ulong> words = Words;
        for (int i = 0; i < words.Length; i++)
            words[i] = WordAt(count, i);
        _checksum = Checksum(words);
    }

    /// <summary>What is wrong with the content written at that count; null if nothing is.</summary>
    public string? FindFault(ulong count)
    {
        Span<ulong> words = Words;
        if (Checksum(words) == _checksum)
            return null;
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] != WordAt(count, i))
                return $"word {i} at 0x{_attachment!.Address + ((ulong)i * sizeof(ulong)):x} is 0x{words[i]:x} instead of 0x{WordAt(count, i):x}";
        }

        return "the checksum itself is wrong";
    }

    public void Dispose()
    {
        _attachment?.Dispose();
        _dataspace.Dispose();
    }

    // Nothing was written before the first count.
    private static ulong WordAt(ulong count, int index) =>
        count == 0 ? 0 : (count * 0x9E37_79B9_7F4A_7C15) ^ ((ulong)index * 0xC2B2_AE3D_27D4_EB4F);

    private static ulong Checksum(ReadOnlySpan<ulong> words)
    {
        ulong sum = 0;
        foreach (ulong word in words)
            sum = (ulong.RotateLeft(sum, 5) ^ word) * 0x0000_0100_0000_01B3;
        return sum;
    }
}
