using System.Runtime.InteropServices;

namespace Drover.Platform.Traps;

/// <summary>What became of an answer.</summary>
public enum AnswerOutcome
{
    /// <summary>Sent. The thread may still be interrupted before it sees the answer, and issue the call again.</summary>
    Sent,

    /// <summary>The call is no longer waiting: the thread was interrupted (and issues it again) or is gone.</summary>
    Gone,
}

/// <summary>Answers the trapped calls of one process. Safe for use by any thread.</summary>
public interface ITrapPort
{
    /// <summary>Ends the call with a result.</summary>
    AnswerOutcome Answer(ulong callId, long result);

    /// <summary>Ends the call with an error; <paramref name="errno"/> is positive.</summary>
    AnswerOutcome Fail(ulong callId, int errno);

    /// <summary>Lets the kernel carry the call out. Only for decisions that did not depend on memory.</summary>
    AnswerOutcome Continue(ulong callId);

    /// <summary>Puts a copy of a descriptor into the process and answers with its number, in one step: what was sent
    /// has arrived.</summary>
    AnswerOutcome AnswerWithDescriptor(ulong callId, SafeHandle descriptor, bool closeOnExec);

    /// <summary>As <see cref="AnswerWithDescriptor"/>, but at that number, replacing what is there.</summary>
    AnswerOutcome AnswerWithDescriptorAt(ulong callId, SafeHandle descriptor, int number, bool closeOnExec) =>
        throw new NotSupportedException("This port does not choose descriptor numbers.");

    /// <summary>True while the call still waits, so that memory read on its behalf was the right thread's.</summary>
    bool IsWaiting(ulong callId);

    /// <summary>Reads the process's memory; false if any byte of it is not readable.</summary>
    bool TryRead(ulong address, Span<byte> destination);

    /// <summary>Writes the process's memory; false if any byte of it is not writable.</summary>
    bool TryWrite(ulong address, ReadOnlySpan<byte> source);

    /// <summary>True if the process may still reach the memory with that inode: it has mapped it, or has a descriptor
    /// of it. Reads /proc; not for each call.</summary>
    bool HoldsMemory(ulong inode) => true;

    /// <summary>Thread id inside the component's PID namespace, or 0 if the thread is gone.</summary>
    int NamespaceThreadId(int hostThreadId);

    /// <summary>The other way round: the thread's id on this node, or 0 if there is none of that id. Reads /proc; not for each call.</summary>
    int HostThreadId(int namespaceThreadId) => 0;

    /// <summary>The name of a thread, by its id inside the namespace; null if it is gone. Reads /proc, as the two that follow.</summary>
    string? ThreadName(int namespaceThreadId) => null;

    /// <summary>The CPUs that the thread may run on, as sched_getaffinity(2) gives them; null if it is gone.</summary>
    byte[]? ThreadAffinity(int namespaceThreadId) => null;

    /// <summary>Says which CPUs the thread may run on; false if it is gone or none of them is there.</summary>
    bool TrySetThreadAffinity(int namespaceThreadId, ReadOnlySpan<byte> mask) => false;
}

/// <summary>Serves the trapped calls of one process.</summary>
public interface ITrapHandler
{
    /// <summary>Called for each trapped call on the process's dispatch thread; must not block. The answer may come
    /// later and from any thread. An exception ends the process.</summary>
    void Handle(ITrapPort port, in TrappedCall call);
}
