using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Platform.Traps;

namespace Drover.Linux.Tests.Personality;

/// <summary>A port over an array; descriptors that are handed out land in this process.</summary>
internal sealed class FakePort : ITrapPort, IDisposable
{
    public const ulong Base = 0x10_0000;

    public byte[] Memory { get; } = new byte[3 * 4096];

    public long? Result { get; private set; }

    public int? Errno { get; private set; }

    public bool Continued { get; private set; }

    public SafeFileDescriptor? Given { get; private set; }

    public int? GivenNumber { get; private set; }

    public bool IsGone { get; set; }

    public void Dispose() => Given?.Dispose();

    public AnswerOutcome Answer(ulong callId, long result) => Note(() => Result = result);

    public AnswerOutcome Fail(ulong callId, int errno) => Note(() => Errno = errno);

    public AnswerOutcome Continue(ulong callId) => Note(() => Continued = true);

    public AnswerOutcome AnswerWithDescriptor(ulong callId, SafeHandle descriptor, bool closeOnExec) =>
        Note(() => Given = ((SafeFileDescriptor)descriptor).Duplicate());

    public AnswerOutcome AnswerWithDescriptorAt(ulong callId, SafeHandle descriptor, int number, bool closeOnExec) =>
        Note(() => GivenNumber = number);

    public bool IsWaiting(ulong callId) => !IsGone;

    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (address < Base || address - Base > (ulong)(Memory.Length - destination.Length))
            return false;
        Memory.AsSpan((int)(address - Base), destination.Length).CopyTo(destination);
        return true;
    }

    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (address < Base || address - Base > (ulong)(Memory.Length - source.Length))
            return false;
        source.CopyTo(Memory.AsSpan((int)(address - Base)));
        return true;
    }

    public int NamespaceThreadId(int hostThreadId) => hostThreadId;

    private AnswerOutcome Note(Action note)
    {
        if (IsGone)
            return AnswerOutcome.Gone;
        note();
        return AnswerOutcome.Sent;
    }
}
