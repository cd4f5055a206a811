namespace Drover.Core.Ipc;

/// <summary>
/// The one-shot right to answer one call: it names the caller's incarnation (the object), and the call's sequence. A
/// right whose caller has given up, ended or gone on is stale, and the reply is dropped.
/// </summary>
internal readonly record struct ReplyRight(Caller Caller, ulong Sequence)
{
    public bool IsHeldBy(KernelThread server) =>
        Caller.IsCalling && Caller.Sequence == Sequence && ReferenceEquals(Caller.Server, server);
}
