namespace Drover.Component.Rpc;

/// <summary>Which of the numbers that core knows entrypoints by are in use. Thread-safe.</summary>
internal sealed class EntrypointNumbers
{
    public const int Count = 64;

    private readonly Lock _lock = new();
    private ulong _used; // guarded by _lock; a bit for each

    /// <summary>The lowest free number. Throws <see cref="InvalidOperationException"/> if there is none.</summary>
    public uint Take()
    {
        lock (_lock)
        {
            int number = System.Numerics.BitOperations.TrailingZeroCount(~_used);
            if (number == Count)
                throw new InvalidOperationException($"a component has at most {Count} entrypoints");
            _used |= 1UL << number;
            return (uint)number;
        }
    }

    public void GiveBack(uint number)
    {
        lock (_lock)
            _used &= ~(1UL << (int)number);
    }
}
