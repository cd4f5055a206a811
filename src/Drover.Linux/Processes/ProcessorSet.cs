using System.Numerics;
using Drover.Linux.Native;

namespace Drover.Linux.Processes;

/// <summary>Some of a machine's CPUs, by their numbers.</summary>
public sealed class ProcessorSet
{
    /// <summary>CPU masks are read and written in one piece of this length.</summary>
    public const int LimitBytes = 1024;

    private const int BitsPerByte = 8;

    private readonly int[] _numbers;

    private ProcessorSet(IEnumerable<int> numbers) => _numbers = [.. numbers.Distinct().Order()];

    public int Count => _numbers.Length;

    /// <summary>As sched_setaffinity(2) takes it: whole words.</summary>
    public byte[] Mask => MaskOf(_numbers);

    /// <summary>Those that a thread may run on; 0 for the calling one.</summary>
    public static unsafe byte[] MaskOfThread(int hostThreadId)
    {
        byte* mask = stackalloc byte[LimitBytes];
        nint bytes = Libc.Call(SystemCall.GetAffinity, hostThreadId, LimitBytes, (nint)mask, 0, 0);
        LinuxException.Check(bytes, "sched_getaffinity");
        return new Span<byte>(mask, (int)bytes).ToArray();
    }

    /// <summary>Those that this process may run on.</summary>
    public static ProcessorSet OfThisProcess() => new(Numbers(MaskOfThread(Environment.ProcessId)));

    /// <summary>Some of those that this process may run on. Throws <see cref="ArgumentException"/> if none is left.</summary>
    public static ProcessorSet Of(IEnumerable<int> numbers)
    {
        ProcessorSet set = new(numbers.Intersect(OfThisProcess()._numbers));
        return set.Count > 0 ? set : throw new ArgumentException("no CPU of this machine is among them", nameof(numbers));
    }

    /// <summary>Lets a thread, and the threads and processes that it makes, run on these only.</summary>
    public unsafe void Confine(int hostThreadId)
    {
        byte[] mask = Mask;
        fixed (byte* start = mask)
        {
            nint result = Libc.Call(SystemCall.SetAffinity, hostThreadId, mask.Length, (nint)start, 0, 0);
            LinuxException.Check(result, "sched_setaffinity");
        }
    }

    /// <summary>
    /// The mask for a thread that had <paramref name="recorded"/> on a node whose CPUs were <paramref name="recordedAll"/>
    /// (null if that is not known). CPUs that are not among these are replaced, always by the same, so that threads
    /// which shared a CPU share one, and those that did not are spread over what there is. Null for a thread
    /// that could run anywhere: it can here.
    /// </summary>
    public byte[]? Translate(byte[] recorded, byte[]? recordedAll)
    {
        int[] wanted = Numbers(recorded);
        if (wanted.Length == 0 || (recordedAll is not null && Numbers(recordedAll).All(wanted.Contains)))
            return null;
        return MaskOf(wanted.Select(number => _numbers.Contains(number) ? number : _numbers[number % _numbers.Length]));
    }

    private static int[] Numbers(byte[] mask)
    {
        List<int> numbers = [];
        for (int i = 0; i < mask.Length; i++)
        {
            for (uint rest = mask[i]; rest != 0; rest &= rest - 1)
                numbers.Add((i * BitsPerByte) + BitOperations.TrailingZeroCount(rest));
        }

        return [.. numbers];
    }

    private static byte[] MaskOf(IEnumerable<int> numbers)
    {
        int[] all = [.. numbers];
        byte[] mask = new byte[(all.Max() / (BitsPerByte * sizeof(ulong)) * sizeof(ulong)) + sizeof(ulong)];
        foreach (int number in all)
            mask[number / BitsPerByte] |= (byte)(1 << (number % BitsPerByte));
        return mask;
    }
}
