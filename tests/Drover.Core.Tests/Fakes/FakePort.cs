using System.Runtime.InteropServices;
using Drover.Contracts.Abi;
using Drover.Platform.Traps;

namespace Drover.Core.Tests.Fakes;

/// <summary>Stands for the kernel's side of trapped calls: gives ids, records answers, and can interrupt a call.</summary>
internal sealed class FakePort : ITrapPort
{
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _waiting = []; // guarded by _lock
    private readonly Dictionary<ulong, long> _answers = []; // guarded by _lock
    private readonly Dictionary<ulong, TaskCompletionSource<CallResult>> _awaited = []; // guarded by _lock
    private ulong _lastId; // guarded by _lock

    public List<(ulong CallId, SafeHandle Descriptor)> Descriptors { get; } = [];

    /// <summary>Ids of threads inside the namespace by id on the node; those not listed are the same.</summary>
    public Dictionary<int, int> NamespaceIds { get; } = [];

    /// <summary>Memory that the process has mapped.</summary>
    public HashSet<ulong> Mapped { get; } = [];

    /// <summary>Answers to calls that had one already.</summary>
    public int AnsweredTwice { get; private set; } // guarded by _lock

    /// <summary>Names and CPU masks by thread id inside the namespace.</summary>
    public Dictionary<int, (string Name, byte[] Affinity)> Threads { get; } = [];

    public string? ThreadName(int namespaceThreadId) =>
        Threads.TryGetValue(namespaceThreadId, out var thread) ? thread.Name : null;

    public byte[]? ThreadAffinity(int namespaceThreadId) =>
        Threads.TryGetValue(namespaceThreadId, out var thread) ? thread.Affinity : null;

    public bool TrySetThreadAffinity(int namespaceThreadId, ReadOnlySpan<byte> mask)
    {
        if (mask.IndexOfAnyExcept((byte)0) < 0)
            return false;
        Threads[namespaceThreadId] = (Threads[namespaceThreadId].Name, mask.ToArray());
        return true;
    }

    public bool HoldsMemory(ulong inode) => Mapped.Contains(inode);

    public ulong Issue()
    {
        lock (_lock)
        {
            _waiting.Add(++_lastId);
            return _lastId;
        }
    }

    /// <summary>The thread left the call; its id is dead.</summary>
    public void Interrupt(ulong callId)
    {
        lock (_lock)
            _waiting.Remove(callId);
    }

    public CallResult? AnswerTo(ulong callId)
    {
        lock (_lock)
            return _answers.TryGetValue(callId, out long result) ? new CallResult((ulong)result) : null;
    }

    public Task<CallResult> WhenAnswered(ulong callId)
    {
        lock (_lock)
        {
            if (_answers.TryGetValue(callId, out long result))
                return Task.FromResult(new CallResult((ulong)result));
            if (!_awaited.TryGetValue(callId, out TaskCompletionSource<CallResult>? source))
                _awaited[callId] = source = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return source.Task;
        }
    }

    public AnswerOutcome Answer(ulong callId, long result)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(callId))
            {
                AnsweredTwice += _answers.ContainsKey(callId) ? 1 : 0;
                return AnswerOutcome.Gone;
            }

            _answers[callId] = result;
            if (_awaited.Remove(callId, out TaskCompletionSource<CallResult>? source))
                source.SetResult(new CallResult((ulong)result));
            return AnswerOutcome.Sent;
        }
    }

    public AnswerOutcome AnswerWithDescriptor(ulong callId, SafeHandle descriptor, bool closeOnExec)
    {
        lock (_lock)
            Descriptors.Add((callId, descriptor));
        return Answer(callId, (long)new CallResult(CallStatus.Ok, 40).Value);
    }

    public AnswerOutcome Fail(ulong callId, int errno) => throw new NotSupportedException();

    public AnswerOutcome Continue(ulong callId) => throw new NotSupportedException();

    public bool IsWaiting(ulong callId)
    {
        lock (_lock)
            return _waiting.Contains(callId);
    }

    public bool TryRead(ulong address, Span<byte> destination) => false;

    public bool TryWrite(ulong address, ReadOnlySpan<byte> source) => false;

    public int NamespaceThreadId(int hostThreadId) => NamespaceIds.GetValueOrDefault(hostThreadId, hostThreadId);
}
