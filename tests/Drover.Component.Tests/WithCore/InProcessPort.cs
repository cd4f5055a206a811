using System.Runtime.InteropServices;
using Drover.Contracts.Abi;
using Drover.Platform.Traps;
using Microsoft.Win32.SafeHandles;

namespace Drover.Component.Tests.WithCore;

/// <summary>Stands for the kernel between a component's threads and core in one process.</summary>
internal sealed class InProcessPort : ITrapPort
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, TaskCompletionSource<CallResult>> _waiting = []; // guarded by _lock
    private ulong _lastId; // guarded by _lock

    public (ulong Id, Task<CallResult> Answer) Issue()
    {
        TaskCompletionSource<CallResult> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add(++_lastId, source);
            return (_lastId, source.Task);
        }
    }

    /// <summary>The call is not waited for any more, as when a signal interrupts its thread.</summary>
    public bool Interrupt(ulong callId)
    {
        lock (_lock)
            return _waiting.Remove(callId);
    }

    public AnswerOutcome Answer(ulong callId, long result)
    {
        TaskCompletionSource<CallResult>? source;
        lock (_lock)
            _waiting.Remove(callId, out source);
        source?.SetResult(new((ulong)result));
        return source is null ? AnswerOutcome.Gone : AnswerOutcome.Sent;
    }

    public AnswerOutcome AnswerWithDescriptor(ulong callId, SafeHandle descriptor, bool closeOnExec)
    {
        using SafeFileHandle copy = File.OpenHandle(
            $"/proc/self/fd/{descriptor.DangerousGetHandle()}", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        nint number = copy.DangerousGetHandle();
        copy.SetHandleAsInvalid();
        return Answer(callId, (long)new CallResult(CallStatus.Ok, (uint)number).Value);
    }

    public AnswerOutcome Fail(ulong callId, int errno) => throw new NotSupportedException();

    public AnswerOutcome Continue(ulong callId) => throw new NotSupportedException();

    public bool IsWaiting(ulong callId)
    {
        lock (_lock)
            return _waiting.ContainsKey(callId);
    }

    public bool TryRead(ulong address, Span<byte> destination) => false;

    public bool TryWrite(ulong address, ReadOnlySpan<byte> source) => false;

    public int NamespaceThreadId(int hostThreadId) => hostThreadId;
}
