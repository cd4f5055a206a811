using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Linux.Personality;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>Makes open file descriptions like recorded ones, in this process; it owns them.</summary>
internal sealed unsafe class DescriptorFactory(
    Func<FileIdentity, SafeHandle> openFile, Func<DescriptorState, SafeHandle> dataspace) : IDisposable
{
    private const int SettableFlags = OpenFlags.NonBlock | 0x400; // O_APPEND

    private readonly List<SafeFileDescriptor> _handles = [];
    private readonly Dictionary<int, int> _indexOfDescription = [];
    private readonly Dictionary<ulong, (SafeFileDescriptor Read, SafeFileDescriptor Write)> _pipes = [];

    public IReadOnlyList<SafeHandle> Handles => _handles;

    public int IndexOf(DescriptorState descriptor) => _indexOfDescription[descriptor.DescriptionId];

    public void Open(IReadOnlyList<DescriptorState> descriptors)
    {
        foreach (DescriptorState descriptor in descriptors)
        {
            if (descriptor.Kind == DescriptorKind.Pipe && !descriptor.IsWriteEnd)
                FillPipe(descriptor);
        }
        foreach (DescriptorState descriptor in descriptors)
        {
            if (!_indexOfDescription.TryAdd(descriptor.DescriptionId, _handles.Count))
                continue;
            SafeFileDescriptor handle = OpenOne(descriptor);
            _handles.Add(handle);
            int flags = descriptor.StatusFlags & SettableFlags;
            // Dataspaces are shared with core, flags and all.
            if (descriptor.Kind != DescriptorKind.Dataspace)
                LinuxException.Check(Libc.Fcntl(handle, Fcntl.SetStatusFlags, flags), "fcntl(F_SETFL)");
        }
    }

    public void Dispose()
    {
        foreach (SafeFileDescriptor handle in _handles)
            handle.Dispose();
        foreach ((SafeFileDescriptor read, SafeFileDescriptor write) in _pipes.Values)
        {
            read.Dispose();
            write.Dispose();
        }
    }

    private SafeFileDescriptor OpenOne(DescriptorState descriptor) => descriptor.Kind switch
    {
        DescriptorKind.Null =>
            SafeFileDescriptor.Open("/dev/null", descriptor.StatusFlags & OpenFlags.AccessMode),
        DescriptorKind.Random => SafeFileDescriptor.Open("/dev/urandom", OpenFlags.ReadOnly),
        DescriptorKind.File => OpenFile(descriptor),
        DescriptorKind.Synthetic => OpenSynthetic(descriptor, SyntheticKind.File),
        DescriptorKind.Directory => OpenSynthetic(descriptor, SyntheticKind.Directory),
        DescriptorKind.Pipe => OpenPipe(descriptor),
        DescriptorKind.EventCounter => OpenEventCounter(descriptor),
        DescriptorKind.Epoll => SafeFileDescriptor.Adopt(Libc.EpollCreate(OpenFlags.CloseOnExec), "epoll_create1"),
        DescriptorKind.Dataspace => Copy(dataspace(descriptor)),
        _ => throw new InvalidProcessStateException($"descriptor {descriptor.Number} is of an unknown kind"),
    };

    /// <summary>Another descriptor of what somebody else owns.</summary>
    private static SafeFileDescriptor Copy(SafeHandle handle) =>
        SafeFileDescriptor.Adopt(Libc.Fcntl(handle, Fcntl.DuplicateCloseOnExec, 0), "fcntl(F_DUPFD)");

    private SafeFileDescriptor OpenFile(DescriptorState descriptor)
    {
        SafeHandle file = openFile(descriptor.File!);
        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            // A description of its own: the offset is not that of others who opened the file.
            return At(
                descriptor,
                SafeFileDescriptor.Open($"/proc/self/fd/{file.DangerousGetHandle()}", OpenFlags.ReadOnly));
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    private static SafeFileDescriptor OpenSynthetic(DescriptorState descriptor, SyntheticKind kind) => At(
        descriptor, SyntheticDescriptor.Create(kind, descriptor.SyntheticPath, descriptor.Content));

    private static SafeFileDescriptor At(DescriptorState descriptor, SafeFileDescriptor file)
    {
        const int FromStart = 0;
        if (Libc.Seek(file, descriptor.OffsetBytes, FromStart) != -1)
            return file;
        LinuxException failure = LinuxException.Last("lseek");
        file.Dispose();
        // How long a file can be depends on the file system (lseek(2)).
        throw failure.Errno == Errno.EINVAL
            ? new InvalidProcessStateException($"descriptor {descriptor.Number} has the offset {descriptor.OffsetBytes}, which its file can not have")
            : failure;
    }

    private static SafeFileDescriptor OpenEventCounter(DescriptorState descriptor)
    {
        SafeFileDescriptor counter =
            SafeFileDescriptor.Adopt(Libc.EventDescriptor(0, OpenFlags.CloseOnExec | OpenFlags.NonBlock), "eventfd");
        ulong count = descriptor.EventCount;
        if (count == 0 || Libc.Write(counter, (byte*)&count, sizeof(ulong)) == sizeof(ulong))
            return counter;
        LinuxException failure = LinuxException.Last("write", "eventfd");
        counter.Dispose();
        throw failure;
    }

    private void FillPipe(DescriptorState readEnd)
    {
        (_, SafeFileDescriptor write) = Pipe(readEnd);
        fixed (byte* start = readEnd.Content)
        {
            for (int done = 0; done < readEnd.Content.Length;)
            {
                nint count = Libc.Write(write, start + done, (nuint)(readEnd.Content.Length - done));
                done += (int)LinuxException.Check(count, "write", "pipe");
            }
        }
    }

    private SafeFileDescriptor OpenPipe(DescriptorState descriptor)
    {
        (SafeFileDescriptor read, SafeFileDescriptor write) = Pipe(descriptor);
        return (descriptor.IsWriteEnd ? write : read).Duplicate();
    }

    private (SafeFileDescriptor Read, SafeFileDescriptor Write) Pipe(DescriptorState descriptor)
    {
        if (_pipes.TryGetValue(descriptor.PipeId, out var pipe))
            return pipe;
        PipeContent.CreatePipe(descriptor.PipeCapacityBytes, out SafeFileDescriptor read, out SafeFileDescriptor write);
        _pipes.Add(descriptor.PipeId, (read, write));
        return (read, write);
    }
}
