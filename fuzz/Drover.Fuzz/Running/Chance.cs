namespace Drover.Fuzz.Running;

/// <summary>Random numbers that follow from a seed, today and with every later runtime (SplitMix64).</summary>
internal sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    public ulong Word()
    {
        _state += 0x9e37_79b9_7f4a_7c15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58_476d_1ce4_e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d0_49bb_1331_11eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0, below <paramref name="end"/>.</summary>
    public int Below(int end) => (int)(Word() % (uint)end);

    public int Between(int least, int most) => least + Below(most - least + 1);

    public bool OneIn(int times) => Below(times) == 0;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>A number such as breaks things: small, a power of two or next to one, or any.</summary>
    public ulong Interesting()
    {
        switch (Below(4))
        {
            case 0:
                return (ulong)Below(20);
            case 1:
                return (1UL << Below(64)) + (ulong)Below(3) - 1;
            case 2:
                return ulong.MaxValue - (ulong)Below(4096);
            default:
                return Word() >> Below(64);
        }
    }

    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = (byte)Word();
        return bytes;
    }
}
