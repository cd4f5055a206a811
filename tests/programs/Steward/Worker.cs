using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Steward;

/// <summary>One thread: it holds values in vector registers while it waits for a question.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class Worker
{
    private readonly ManualResetEventSlim _ready = new();
    private readonly SemaphoreSlim _answered = new(0);
    private bool _isAsked;
    private string _answer = "";

    public void Ready() => _ready.Set();

    public void AwaitReady() => _ready.Wait();

    public string Ask()
    {
        Volatile.Write(ref _isAsked, true);
        _answered.Wait();
        return _answer;
    }

    public void Answer(string answer)
    {
        _answer = answer;
        _answered.Release();
    }

    /// <summary>Counts in eight registers of 256 bits, all of which have to agree with a plain count at each step; false as
    /// soon as one does not. No call is in the loop that would have them spilled.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public bool SpinUntilAsked(ulong seed)
    {
        Vector256<ulong> one = Vector256.Create(1UL);
        Vector256<ulong> a = Vector256.Create(seed, seed + 1, seed + 2, seed + 3);
        Vector256<ulong> b = a + one, c = b + one, d = c + one, e = d + one, f = e + one, g = f + one, h = g + one;
        Vector256<ulong> origin = a;
        bool intact = true;
        for (ulong count = 1; !Volatile.Read(ref _isAsked); count++)
        {
            a += one;
            b += one;
            c += one;
            d += one;
            e += one;
            f += one;
            g += one;
            h += one;
            Vector256<ulong> expected = origin + Vector256.Create(count);
            Vector256<ulong> differs = (a ^ expected) | (b - one ^ expected) | (c - b ^ one) | (d - c ^ one)
                | (e - d ^ one) | (f - e ^ one) | (g - f ^ one) | (h - g ^ one);
            intact &= differs == Vector256<ulong>.Zero;
        }

        Volatile.Write(ref _isAsked, false);
        return intact;
    }
}
