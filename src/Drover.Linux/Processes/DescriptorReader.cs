using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Files;
using Drover.Linux.Native;
using Drover.Linux.Personality;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>Reads the open descriptors of a stopped process.</summary>
internal sealed unsafe class DescriptorReader(
    int processId, FileIdentities files, Func<string, SafeHandle, FileIdentity> identify)
{
    private const int SyntheticLimitBytes = 16 << 20;

    private readonly Dictionary<string, List<DescriptorState>> _byTarget = [];

    /// <param name="probe">Asks the process.</param>
    public IReadOnlyList<DescriptorState> Read(Func<IReadOnlyList<int>, List<ProbedDescriptor>> probe)
    {
        List<int> numbers = KernelDirectory.Numbers($"/proc/{processId}/fd");
        numbers.Sort();
        List<DescriptorState> states = new(numbers.Count);
        List<ProbedDescriptor> probed = probe(numbers);
        for (int i = 0; i < numbers.Count; i++)
            states.Add(ReadOne(numbers[i], probed[i]));
        return states;
    }

    private DescriptorState ReadOne(int number, in ProbedDescriptor probed)
    {
        string target = LinkTarget(number);
        DescriptorState state = new()
        {
            Number = number,
            Kind = DescriptorKind.Null,
            StatusFlags = probed.StatusFlags & ~OpenFlags.CloseOnExec,
            CloseOnExec = probed.CloseOnExec,
            OffsetBytes = probed.OffsetBytes,
            DescriptionId = number,
        };
        // A description is read once; further descriptors of it only tell which it is.
        if (Find(target, state) is { } shared)
            return shared with { Number = number, CloseOnExec = state.CloseOnExec };
        state = Classify(state, target, probed.Status.Inode);
        if (!_byTarget.TryGetValue(target, out List<DescriptorState>? same))
            _byTarget.Add(target, same = []);
        same.Add(state);
        return state;
    }

    /// <summary>The descriptor read before that shares its open file description with this one (kcmp(2)).</summary>
    private DescriptorState? Find(string target, DescriptorState state)
    {
        if (!_byTarget.TryGetValue(target, out List<DescriptorState>? same))
            return null;
        foreach (DescriptorState other in same)
        {
            // Those are of the description.
            if (other.StatusFlags != state.StatusFlags || other.OffsetBytes != state.OffsetBytes)
                continue;
            nint order = Libc.Call(
                SystemCall.CompareKernelObjects, processId, processId, 0, state.Number, other.Number);
            if (LinuxException.Check(order, "kcmp") == 0)
                return other;
        }
        return null;
    }

    private DescriptorState Classify(DescriptorState state, string target, ulong inode)
    {
        // A thread is just being named (pthread_setname_np(3)): the name is kept, the descriptor closed at once.
        if (target == "/dev/null" || (target.StartsWith("/proc/", StringComparison.Ordinal) && target.EndsWith("/comm", StringComparison.Ordinal)))
            return state;
        if (target == "/dev/urandom")
            return state with { Kind = DescriptorKind.Random };
        if (target.StartsWith("pipe:[", StringComparison.Ordinal))
            return ReadPipe(state, inode);
        if (target == "anon_inode:[eventfd]")
            return state with { Kind = DescriptorKind.EventCounter, EventCount = DescriptorInformation.Of(processId, state.Number).EventCount };
        if (target == "anon_inode:[eventpoll]")
            return state with { Kind = DescriptorKind.Epoll, Watches = DescriptorInformation.Of(processId, state.Number).Watches };
        if (SyntheticDescriptor.TryParse(target, out SyntheticKind kind, out string path))
            return ReadSynthetic(state, kind, path);
        if (target.StartsWith("/memfd:", StringComparison.Ordinal))
            return state with { Kind = DescriptorKind.Dataspace, DataspaceInode = inode };
        bool isReadOnly = (state.StatusFlags & (OpenFlags.AccessMode | OpenFlags.PathOnly)) == OpenFlags.ReadOnly;
        if (target.StartsWith('/') && isReadOnly && !target.EndsWith(" (deleted)", StringComparison.Ordinal))
            return state with { Kind = DescriptorKind.File, File = files.Of(target, inode, identify) };
        throw new NotKeepableException($"descriptor {state.Number}, which is '{target}'");
    }

    private DescriptorState ReadSynthetic(DescriptorState state, SyntheticKind kind, string path)
    {
        using SafeFileDescriptor file = Reopen(state.Number, OpenFlags.ReadOnly);
        long lengthBytes = FileStatus.Of(file).LengthBytes;
        if (lengthBytes > SyntheticLimitBytes)
            throw new NotKeepableException($"descriptor {state.Number} with {lengthBytes} bytes of content");
        byte[] content = new byte[lengthBytes];
        fixed (byte* start = content)
        {
            for (int done = 0; done < content.Length;)
            {
                nint count = Libc.ReadAt(file, start + done, (nuint)(content.Length - done), done);
                if (LinuxException.Check(count, "pread") == 0)
                    throw new NotKeepableException($"descriptor {state.Number}, which became shorter");
                done += (int)count;
            }
        }
        return state with
        {
            Kind = kind == SyntheticKind.File ? DescriptorKind.Synthetic : DescriptorKind.Directory,
            SyntheticPath = path,
            Content = content,
        };
    }

    private DescriptorState ReadPipe(DescriptorState state, ulong inode)
    {
        bool isWriteEnd = (state.StatusFlags & OpenFlags.AccessMode) == OpenFlags.WriteOnly;
        state = state with { Kind = DescriptorKind.Pipe, PipeId = inode, IsWriteEnd = isWriteEnd };
        using SafeFileDescriptor end = Reopen(
            state.Number, (isWriteEnd ? OpenFlags.WriteOnly : OpenFlags.ReadOnly) | OpenFlags.NonBlock);
        int capacity = LinuxException.Check(Libc.Fcntl(end, Fcntl.GetPipeSize, 0), "fcntl(F_GETPIPE_SZ)");
        return state with
        {
            PipeCapacityBytes = capacity,
            Content = isWriteEnd ? [] : PipeContent.Copy(end, capacity),
        };
    }

    /// <summary>A description of this node's own for the same file; the component's is left alone.</summary>
    private SafeFileDescriptor Reopen(int number, int flags) =>
        SafeFileDescriptor.Open($"/proc/{processId}/fd/{number}", flags);

    private string LinkTarget(int number)
    {
        const int LimitBytes = 4096;
        byte* buffer = stackalloc byte[LimitBytes];
        string path = $"/proc/{processId}/fd/{number}";
        nint bytes = LinuxException.Check(Libc.ReadLink(path, buffer, LimitBytes), "readlink", path);
        return Encoding.UTF8.GetString(buffer, (int)bytes);
    }
}
