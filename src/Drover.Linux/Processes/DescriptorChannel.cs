using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>Carries descriptors to and from stubs (SCM_RIGHTS, unix(7)), which needs no privilege.</summary>
/// <remarks>All stubs of one zygote share the far end, as descriptor <see cref="StubDescriptor"/>; the tracer thread
/// serves one of them at a time. A stub that becomes a component closes it before its first instruction.</remarks>
internal sealed unsafe class DescriptorChannel : IDisposable
{
    public const int StubDescriptor = 3;

    private const int UnixDomain = 1;
    private const int SequencedPackets = 5;
    private const int SocketCloseOnExec = 0x80000;
    private const int ReceiveCloseOnExec = 0x40000000;
    private const int DoNotWait = 0x40;

    /// <summary>SCM_MAX_FD is 253.</summary>
    public const int PerMessage = 250;

    private readonly SafeFileDescriptor _socket;

    private DescriptorChannel(SafeFileDescriptor socket) => _socket = socket;

    /// <summary>Makes a channel; the far end goes to the zygote.</summary>
    public static DescriptorChannel Create(out SafeFileDescriptor farEnd)
    {
        int* ends = stackalloc int[2];
        int result = Libc.SocketPair(UnixDomain, SequencedPackets | SocketCloseOnExec, 0, ends);
        LinuxException.Check(result, "socketpair");
        farEnd = new SafeFileDescriptor(ends[1]);
        return new DescriptorChannel(new SafeFileDescriptor(ends[0]));
    }

    /// <summary>The same channel under an owner of its own.</summary>
    public DescriptorChannel Duplicate() => new(_socket.Duplicate());

    /// <summary>Puts copies of descriptors into a stub; gives their numbers there, in order.</summary>
    public int[] Send(Tracee stub, ProcessMemory memory, IReadOnlyList<SafeHandle> descriptors)
    {
        int[] numbers = new int[descriptors.Count];
        for (int start = 0; start < numbers.Length; start += PerMessage)
        {
            int count = Math.Min(PerMessage, numbers.Length - start);
            SendMessage(descriptors, start, count);
            ReceiveInStub(stub, memory, numbers.AsSpan(start, count));
        }
        return numbers;
    }

    /// <summary>Fetches a copy of a stub's descriptor.</summary>
    public SafeFileDescriptor Fetch(Tracee stub, ProcessMemory memory, int number)
    {
        CallBatch batch = new();
        Span<byte> control = stackalloc byte[sizeof(ControlHeader) + sizeof(long)];
        WriteControl(control, 1);
        MemoryMarshal.Write(control[sizeof(ControlHeader)..], number);
        ulong controlAddress = batch.Put(control);
        ulong message = PutMessage(batch, controlAddress, control.Length);
        batch.Require("sendmsg", SystemCall.SendMessage, StubDescriptor, message, 0);
        Injector.RunChecked(stub, memory, batch);
        return Receive();
    }

    public void Dispose() => _socket.Dispose();

    private static void WriteControl(Span<byte> control, int count)
    {
        ControlHeader header = new()
        {
            LengthBytes = (ulong)(sizeof(ControlHeader) + count * sizeof(int)),
            Level = ControlHeader.SocketLevel,
            Type = ControlHeader.Rights,
        };
        MemoryMarshal.Write(control, header);
    }

    private static int ControlBytes(int count) => sizeof(ControlHeader) + (count * sizeof(int) + 7 & ~7);

    private static ulong PutMessage(CallBatch batch, ulong controlAddress, int controlBytes, ulong name = 0, int nameBytes = 0)
    {
        ulong payload = batch.Reserve(8);
        ulong vector = batch.Put(new IoVector { Base = payload, LengthBytes = 1 });
        return batch.Put(new MessageHeader
        {
            Name = name,
            NameBytes = (uint)nameBytes,
            Vectors = vector,
            VectorCount = 1,
            Control = controlAddress,
            ControlBytes = (ulong)controlBytes,
        });
    }

    private void SendMessage(IReadOnlyList<SafeHandle> descriptors, int start, int count)
    {
        byte[] control = new byte[ControlBytes(count)];
        WriteControl(control, count);
        int held = 0;
        try
        {
            for (; held < count; held++)
            {
                bool added = false;
                descriptors[start + held].DangerousAddRef(ref added);
                int number = (int)descriptors[start + held].DangerousGetHandle();
                MemoryMarshal.Write(control.AsSpan(sizeof(ControlHeader) + held * sizeof(int)), number);
            }
            byte payload = 0;
            fixed (byte* controlStart = control)
            {
                IoVector vector = new() { Base = (ulong)(&payload), LengthBytes = 1 };
                MessageHeader message = new()
                {
                    Vectors = (ulong)(&vector),
                    VectorCount = 1,
                    Control = (ulong)controlStart,
                    ControlBytes = (ulong)control.Length,
                };
                LinuxException.Check(Libc.SendMessage(_socket, &message, DoNotWait), "sendmsg");
            }
        }
        finally
        {
            while (held-- > 0)
                descriptors[start + held].DangerousRelease();
        }
    }

    private static void ReceiveInStub(Tracee stub, ProcessMemory memory, Span<int> numbers) =>
        ReceiveAt(stub, memory, StubDescriptor, numbers.Length).CopyTo(numbers);

    /// <summary>Receives descriptors in a stub or a stopped thread; if not all of them find room, none stays.</summary>
    public static int[] ReceiveAt(Tracee stub, ProcessMemory memory, ulong socket, int count)
    {
        CallBatch batch = new();
        ulong control = batch.Reserve(ControlBytes(count));
        ulong message = PutMessage(batch, control, ControlBytes(count));
        batch.Require(
            "recvmsg", SystemCall.ReceiveMessage, socket, message, (ulong)(ReceiveCloseOnExec | DoNotWait));
        Injector.RunChecked(stub, memory, batch);
        ulong received = batch.At<ControlHeader>(control).LengthBytes;
        int arrived = received < (ulong)sizeof(ControlHeader) ? 0 : (int)(received - (ulong)sizeof(ControlHeader)) / sizeof(int);
        int[] numbers = new int[arrived];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = batch.At<int>(control + (ulong)(sizeof(ControlHeader) + i * sizeof(int)));
        if (arrived == count)
            return numbers;
        CallBatch close = new();
        foreach (int number in numbers)
            close.Add(SystemCall.Close, (ulong)number);
        Injector.Run(stub, memory, close);
        throw new LinuxException("recvmsg", Errno.EMFILE, "not all descriptors arrived");
    }

    /// <summary>Has a stub send descriptors of its own to whoever has the address.</summary>
    public static void SendFrom(Tracee stub, ProcessMemory memory, ulong socket, ReadOnlySpan<int> numbers, ReadOnlySpan<byte> address)
    {
        CallBatch batch = new();
        byte[] control = new byte[ControlBytes(numbers.Length)];
        WriteControl(control, numbers.Length);
        MemoryMarshal.AsBytes(numbers).CopyTo(control.AsSpan(sizeof(ControlHeader)));
        ulong message = PutMessage(batch, batch.Put(control), control.Length, batch.Put(address), address.Length);
        batch.Require("sendmsg", SystemCall.SendMessage, socket, message, DoNotWait);
        Injector.RunChecked(stub, memory, batch);
    }

    private SafeFileDescriptor Receive()
    {
        byte payload;
        byte* control = stackalloc byte[ControlBytes(1)];
        IoVector vector = new() { Base = (ulong)(&payload), LengthBytes = 1 };
        MessageHeader message = new()
        {
            Vectors = (ulong)(&vector),
            VectorCount = 1,
            Control = (ulong)control,
            ControlBytes = (ulong)ControlBytes(1),
        };
        LinuxException.Check(Libc.ReceiveMessage(_socket, &message, ReceiveCloseOnExec | DoNotWait), "recvmsg");
        ControlHeader* header = (ControlHeader*)control;
        if (message.ControlBytes < (ulong)sizeof(ControlHeader) || header->Type != ControlHeader.Rights)
            throw new LinuxException("recvmsg", Errno.EBADF, "no descriptor arrived");
        return new SafeFileDescriptor(*(int*)(control + sizeof(ControlHeader)));
    }
}
