using Drover.Core.State;
using Drover.Images.State;
using ArrivedCapability = Drover.Images.State.ArrivedCapability;

namespace Drover.Monitor.Checkpoint;

/// <summary>Turns core's records of threads into the image's and back.</summary>
internal static class IpcRecords
{
    public static IpcThreadState ToImage(ThreadIpcState thread, Func<ulong, ObjectId?> numberOf) => new()
    {
        ThreadId = thread.ThreadId,
        UtcbSlot = thread.Slot,
        Generation = thread.Generation,
        Phase = Enum.Parse<IpcPhase>(thread.Phase.ToString()),
        Call = thread.Call,
        Sequence = thread.Sequence,
        Answer = thread.Phase == RecordedPhase.Answered ? thread.Answer : null,
        AnswerAttachment = thread.AnswerAttachment == 0 ? null : thread.AnswerAttachment,
        SignalSource = thread.Phase == RecordedPhase.WaitingForSignal ? numberOf(thread.SignalSourceBadge) : null,
        Entrypoint = thread.Phase == RecordedPhase.Waiting ? (uint)thread.Entrypoint : null,
        IsServing = thread.IsServing,
        ServedSlot = thread.ServedSlot < 0 ? null : thread.ServedSlot,
        ServedDomainBadge = thread.ServedDomainBadge == 0 ? null : thread.ServedDomainBadge,
        ServedSequence = thread.ServedDomainBadge == 0 ? null : thread.ServedSequence,
        ArrivedGateBadge = thread.Arrival.GateBadge,
        ArrivedCapabilities = [.. thread.Arrival.Capabilities.Select(arrived => new ArrivedCapability(arrived.Selector, arrived.Badge))],
    };

    public static ThreadIpcState ToCore(IpcThreadState thread, Func<ObjectId, ulong> badgeOf) => new()
    {
        ThreadId = thread.ThreadId,
        Slot = thread.UtcbSlot,
        Generation = thread.Generation,
        Phase = Enum.Parse<RecordedPhase>(thread.Phase.ToString()),
        Call = thread.Call,
        Sequence = thread.Sequence,
        Answer = thread.Answer ?? 0,
        AnswerAttachment = thread.AnswerAttachment ?? 0,
        SignalSourceBadge = thread.SignalSource is { } source ? badgeOf(source) : 0,
        Entrypoint = (int)(thread.Entrypoint ?? 0),
        IsServing = thread.IsServing,
        ServedSlot = thread.ServedSlot ?? -1,
        ServedDomainBadge = thread.ServedDomainBadge ?? 0,
        ServedSequence = thread.ServedSequence ?? 0,
        Arrival = new ArrivalState(
            thread.ArrivedGateBadge,
            [.. thread.ArrivedCapabilities.Select(arrived => new Drover.Core.State.ArrivedCapability(arrived.Selector, arrived.Badge))]),
    };
}
