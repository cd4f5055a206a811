using Drover.Platform.State;
using ThreadState = Drover.Platform.State.ThreadState;

namespace Drover.Images.Format;

internal sealed partial class ManifestValidation
{
    /// <summary>struct user_regs_struct: 27 words.</summary>
    private const int GeneralRegisterBytes = 27 * sizeof(ulong);

    /// <summary>The legacy region and header of an XSAVE area.</summary>
    private const int SmallestExtendedState = 512 + 64;

    private const int SignalInfoBytes = 128;

    private const long LongestWaitNanoseconds = 1L << 60;

    private const PageProtection AllRights = PageProtection.Read | PageProtection.Write | PageProtection.Execute;

    private void CheckProcess(ProcessState process)
    {
        CheckThreads(process.Threads);
        CheckMappings(process.Mappings);
        CheckDescriptors(process.Descriptors);
        SignalInfos(process.PendingSignals, "process.pendingSignals");
        if (process.Processors is { } processors)
            Bytes(processors, "process.processors", 0, ImageFormat.PageBytes);
        Count(process.SignalActions.Count, "process.signalActions", 64);
        int previous = 0;
        foreach (SignalActionState action in process.SignalActions)
        {
            if (action.Signal <= previous || action.Signal > 64)
                throw Bad("process.signalActions", "signals from 1 to 64, ascending", $"{action.Signal} after {previous}");
            previous = action.Signal;
        }

        Count(process.ResourceLimits.Count, "process.resourceLimits", 64);
        Bytes(process.Layout.AuxiliaryVector, "process.layout.auxiliaryVector", 0, ImageFormat.PageBytes);
        if (process.MonotonicNanoseconds < 0 || process.BoottimeNanoseconds < 0)
            throw Bad("process", "clocks of 0 or more", $"{process.MonotonicNanoseconds} and {process.BoottimeNanoseconds} ns");
    }

    private void CheckThreads(IReadOnlyList<ThreadState> threads)
    {
        Elements(threads, "process.threads", ImageLimits.Threads);
        if (threads.Count == 0)
            throw Bad("process.threads", "at least the leader", "none");
        var ids = new HashSet<int>();
        for (int i = 0; i < threads.Count; i++)
        {
            ThreadState thread = threads[i];
            if (thread.ThreadId <= 0 || !ids.Add(thread.ThreadId))
                throw Bad($"process.threads[{i}].threadId", "a positive number of its own", $"{thread.ThreadId}");
            Text(thread.Name, $"process.threads[{i}].name");
            Bytes(thread.GeneralRegisters, $"process.threads[{i}].generalRegisters", GeneralRegisterBytes, GeneralRegisterBytes);
            Bytes(thread.ExtendedState, $"process.threads[{i}].extendedState", SmallestExtendedState, ImageLimits.ExtendedStateBytes);
            Bytes(thread.Affinity, $"process.threads[{i}].affinity", 0, ImageFormat.PageBytes);
            SignalInfos(thread.PendingSignals, $"process.threads[{i}].pendingSignals");
            if (thread.WaitedNanoseconds is { } waited && (waited is < 0 or > LongestWaitNanoseconds || thread.BlockedCall < 0))
                throw Bad($"process.threads[{i}].waitedNanoseconds", $"0 to {LongestWaitNanoseconds}, of a thread in a call", $"{waited}");
        }
    }

    private void CheckMappings(IReadOnlyList<MappingState> mappings)
    {
        Elements(mappings, "process.mappings", ImageLimits.Mappings);
        ulong previousEnd = 0;
        for (int i = 0; i < mappings.Count; i++)
        {
            MappingState mapping = mappings[i];
            if (!IsPageAligned(mapping.Start) || mapping.Start < previousEnd)
                throw Bad($"process.mappings[{i}].start", $"a page boundary from 0x{previousEnd:x}", $"0x{mapping.Start:x}");
            if (!IsPageAligned(mapping.End) || mapping.End <= mapping.Start || mapping.End > ImageFormat.UserAddressEnd)
                throw Bad($"process.mappings[{i}].end", $"a page boundary behind the start up to 0x{ImageFormat.UserAddressEnd:x}", $"0x{mapping.End:x}");
            if ((mapping.Protection & ~AllRights) != 0)
                throw Bad($"process.mappings[{i}].protection", "read, write, execute", $"{mapping.Protection}");
            if (!IsPageAligned(mapping.OffsetBytes) || mapping.OffsetBytes > long.MaxValue - mapping.LengthBytes)
                throw Bad($"process.mappings[{i}].offsetBytes", "a page boundary within a file", $"0x{mapping.OffsetBytes:x}");
            if (mapping.HugePageAdvice is < -1 or > 1)
                throw Bad($"process.mappings[{i}].hugePageAdvice", "-1 to 1", $"{mapping.HugePageAdvice}");
            Text(mapping.Name, $"process.mappings[{i}].name");
            CheckBacking(mapping, i);
            previousEnd = mapping.End;
        }
    }

    private void CheckBacking(MappingState mapping, int i)
    {
        bool isFile = mapping.Backing is MappingBacking.PrivateFile or MappingBacking.SharedFile;
        if (isFile)
            File(mapping.File, $"process.mappings[{i}].file");
        else if (mapping.File is not null)
            throw Bad($"process.mappings[{i}].file", $"no file for {mapping.Backing}", mapping.File.Path);
        if (mapping.Backing == MappingBacking.Dataspace ? mapping.DataspaceInode == 0 : mapping.DataspaceInode != 0)
            throw Bad($"process.mappings[{i}].dataspaceInode", "an inode if and only if a dataspace is mapped", $"{mapping.DataspaceInode}");
        if (!Enum.IsDefined(mapping.Backing))
            throw Bad($"process.mappings[{i}].backing", "a kind of backing", $"{mapping.Backing}");
        if (mapping.Backing == MappingBacking.SharedFile && mapping.Protection.HasFlag(PageProtection.Write))
            throw Bad($"process.mappings[{i}].protection", "a shared file without the right to write", $"{mapping.Protection}");
    }

    private void CheckDescriptors(IReadOnlyList<DescriptorState> descriptors)
    {
        Elements(descriptors, "process.descriptors", ImageLimits.Descriptors);
        var numbers = new HashSet<int>();
        for (int i = 0; i < descriptors.Count; i++)
        {
            DescriptorState descriptor = descriptors[i];
            if (descriptor.Number < 0 || !numbers.Add(descriptor.Number))
                throw Bad($"process.descriptors[{i}].number", "a number of its own from 0", $"{descriptor.Number}");
            if (!Enum.IsDefined(descriptor.Kind))
                throw Bad($"process.descriptors[{i}].kind", "a kind of descriptor", $"{descriptor.Kind}");
            if (descriptor.Kind == DescriptorKind.File || descriptor.File is not null)
                File(descriptor.File, $"process.descriptors[{i}].file");
            Bytes(descriptor.Content, $"process.descriptors[{i}].content", 0, ImageLimits.DescriptorContentBytes);
            Count(descriptor.Watches.Count, $"process.descriptors[{i}].watches", ImageLimits.Descriptors);
            if (descriptor.OffsetBytes < 0 || descriptor.PipeCapacityBytes < 0)
                throw Bad($"process.descriptors[{i}]", "offset and capacity of 0 or more", $"{descriptor.OffsetBytes} and {descriptor.PipeCapacityBytes}");
        }

        for (int i = 0; i < descriptors.Count; i++)
        {
            foreach (EpollWatch watch in descriptors[i].Watches)
            {
                if (!numbers.Contains(watch.Descriptor))
                    throw Bad($"process.descriptors[{i}].watches", "descriptors of the process", $"{watch.Descriptor}");
            }
        }
    }

    private void SignalInfos(IReadOnlyList<byte[]> signals, string subject)
    {
        Elements(signals, subject, ImageLimits.PendingSignals);
        for (int i = 0; i < signals.Count; i++)
            Bytes(signals[i], subject, SignalInfoBytes, SignalInfoBytes);
    }

    private void Bytes(byte[] bytes, string subject, int least, int most)
    {
        if (bytes.Length < least || bytes.Length > most)
            throw Bad(subject, least == most ? $"{least} bytes" : $"{least} to {most} bytes", $"{bytes.Length}");
    }
}
