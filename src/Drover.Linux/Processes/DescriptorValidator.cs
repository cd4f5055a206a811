using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>Checks recorded descriptors.</summary>
internal static class DescriptorValidator
{
    /// <summary>Highest number that a component can have (its RLIMIT_NOFILE).</summary>
    private const int HighestNumber = 4095;

    /// <summary>What an ordinary user may give a pipe (fs.pipe-max-size).</summary>
    private const int LargestPipeBytes = 1 << 20;

    private const int LargestContentBytes = 16 << 20;
    private const int AccessMode = 3;

    /// <summary>eventfd(2).</summary>
    private const ulong HighestEventCount = ulong.MaxValue - 1;

    public static void Check(IReadOnlyList<DescriptorState> descriptors)
    {
        Dictionary<int, DescriptorState> byNumber = [];
        Dictionary<int, DescriptorState> byDescription = [];
        foreach (DescriptorState descriptor in descriptors)
        {
            int number = descriptor.Number;
            Require(number is >= 0 and <= HighestNumber, $"a descriptor has the number {number}");
            Require(byNumber.TryAdd(number, descriptor), $"two descriptors have the number {number}");
            if (!byDescription.TryAdd(descriptor.DescriptionId, descriptor))
            {
                DescriptorState first = byDescription[descriptor.DescriptionId];
                Require(
                    first.Kind == descriptor.Kind && first.IsWriteEnd == descriptor.IsWriteEnd
                    && first.PipeId == descriptor.PipeId,
                    $"descriptors {first.Number} and {number} can not be the same");
            }
            CheckOne(descriptor);
        }
        foreach (DescriptorState epoll in descriptors)
        {
            foreach (EpollWatch watch in epoll.Watches)
                Require(
                    byNumber.ContainsKey(watch.Descriptor),
                    $"descriptor {epoll.Number} watches {watch.Descriptor}, which is not open");
        }
        CheckPipes(byDescription.Values);
    }

    private static void CheckOne(DescriptorState descriptor)
    {
        string which = $"descriptor {descriptor.Number}";
        Require(Enum.IsDefined(descriptor.Kind), $"{which} is of an unknown kind");
        Require((descriptor.Kind == DescriptorKind.File) == descriptor.File is not null, $"{which} names a file wrongly");
        Require(
            descriptor.Kind != DescriptorKind.File || (descriptor.StatusFlags & AccessMode) == 0,
            $"{which} could write to a file");
        Require(descriptor.Content.Length <= LargestContentBytes, $"{which} has too much content");
        Require(descriptor.OffsetBytes >= 0, $"{which} has a negative offset");
        Require(descriptor.EventCount <= HighestEventCount, $"{which} counts {descriptor.EventCount} events");
        if (descriptor.Kind != DescriptorKind.Pipe)
            return;
        Require(
            descriptor.PipeCapacityBytes is > 0 and <= LargestPipeBytes
            && descriptor.Content.Length <= descriptor.PipeCapacityBytes,
            $"{which} is a pipe of {descriptor.PipeCapacityBytes} bytes");
    }

    private static void CheckPipes(IEnumerable<DescriptorState> descriptions)
    {
        HashSet<(ulong, bool)> ends = [];
        foreach (DescriptorState end in descriptions.Where(one => one.Kind == DescriptorKind.Pipe))
            Require(ends.Add((end.PipeId, end.IsWriteEnd)), $"descriptor {end.Number} is a further end of its pipe");
    }

    private static void Require(bool holds, string fault) => StateValidator.Require(holds, fault);
}
