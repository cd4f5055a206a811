namespace Meter;

/// <summary>Has no state, so that any number of threads can serve it.</summary>
internal sealed class Worker : IWorker
{
    public ulong Work(uint steps)
    {
        ulong value = steps;
        for (uint i = 0; i < steps; i++)
            value = (value * 6364136223846793005) + 1442695040888963407;
        return value;
    }
}
