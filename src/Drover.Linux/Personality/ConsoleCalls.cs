using System.Buffers.Binary;
using Drover.Linux.Native;
using Drover.Linux.Seccomp;
using Drover.Platform.Traps;

namespace Drover.Linux.Personality;

/// <summary>Writes to the console's descriptors.</summary>
internal sealed class ConsoleCalls(IConsoleSink sink)
{
    private const int MaximumVectors = 1024; // IOV_MAX
    private const int VectorBytes = 16;

    private readonly byte[] _text = new byte[64 * 1024]; // dispatch thread only
    private readonly byte[] _vectors = new byte[MaximumVectors * VectorBytes]; // dispatch thread only

    public void Write(ITrapPort port, in TrappedCall call, int descriptor, ulong address, ulong lengthBytes)
    {
        if (!DescriptorCalls.IsConsole(call.HostThreadId, descriptor))
        {
            // Redirected to something of the component's own; a wrong guess would only write to the null device.
            port.Continue(call.Id);
            return;
        }
        // A longer text is written in part, as write(2) may, and the program comes back for the rest.
        int length = (int)Math.Min(lengthBytes, (ulong)_text.Length);
        if (port.TryRead(address, _text.AsSpan(0, length)))
            Deliver(port, call, descriptor, length);
        else
            port.Fail(call.Id, Errno.EFAULT);
    }

    public void WriteVectors(ITrapPort port, in TrappedCall call, int descriptor, ulong address, ulong count)
    {
        if (!DescriptorCalls.IsConsole(call.HostThreadId, descriptor))
        {
            port.Continue(call.Id);
            return;
        }
        if ((int)count is < 0 or > MaximumVectors)
        {
            port.Fail(call.Id, Errno.EINVAL);
            return;
        }
        Span<byte> vectors = _vectors.AsSpan(0, (int)count * VectorBytes);
        int errno = port.TryRead(address, vectors) ? Gather(port, vectors, out int length) : Fault(out length);
        if (errno == 0)
            Deliver(port, call, descriptor, length);
        else
            port.Fail(call.Id, errno);
    }

    private static int Fault(out int length)
    {
        length = 0;
        return Errno.EFAULT;
    }

    private int Gather(ITrapPort port, ReadOnlySpan<byte> vectors, out int length)
    {
        length = 0;
        for (; !vectors.IsEmpty && length < _text.Length; vectors = vectors[VectorBytes..])
        {
            ulong from = BinaryPrimitives.ReadUInt64LittleEndian(vectors);
            ulong wanted = BinaryPrimitives.ReadUInt64LittleEndian(vectors[8..]);
            int part = (int)Math.Min(wanted, (ulong)(_text.Length - length));
            if (!port.TryRead(from, _text.AsSpan(length, part)))
                return length > 0 ? 0 : Errno.EFAULT;
            length += part;
        }
        return 0;
    }

    /// <summary>Answers first: text of a call that is issued again must not appear twice. The same thread serves the
    /// component's next calls, its exit among them, so that nothing overtakes the text.</summary>
    private void Deliver(ITrapPort port, in TrappedCall call, int descriptor, int length)
    {
        if (port.Answer(call.Id, length) == AnswerOutcome.Sent && length > 0)
        {
            ConsoleStream stream = ConsoleDescriptors.IsError(descriptor) ? ConsoleStream.Error : ConsoleStream.Output;
            sink.Write(stream, _text.AsSpan(0, length));
        }
    }
}
