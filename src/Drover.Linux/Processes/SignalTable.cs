using System.Buffers.Binary;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>The signal dispositions of a process.</summary>
internal sealed class SignalTable
{
    private const ulong DefaultHandler = 0;
    private const ulong IgnoringHandler = 1;

    /// <summary>Signals whose default is to be ignored: SIGCHLD, SIGCONT, SIGURG, SIGWINCH.</summary>
    private const ulong IgnoredByDefault = 1UL << 16 | 1UL << 17 | 1UL << 22 | 1UL << 27;

    private readonly KernelSignalAction[] _actions = new KernelSignalAction[Signals.Last + 1];

    /// <summary>Adds calls that read all dispositions; gives the address where they arrive.</summary>
    public static unsafe ulong AddReads(CallBatch batch)
    {
        ulong table = batch.Reserve(Signals.Last * sizeof(KernelSignalAction));
        for (int signal = 1; signal <= Signals.Last; signal++)
        {
            ulong entry = table + (ulong)((signal - 1) * sizeof(KernelSignalAction));
            batch.Require("rt_sigaction", SystemCall.SignalAction, (ulong)signal, 0, entry, sizeof(ulong));
        }
        return table;
    }

    public static unsafe SignalTable From(CallBatch batch, ulong table)
    {
        SignalTable result = new();
        for (int signal = 1; signal <= Signals.Last; signal++)
        {
            ulong entry = table + (ulong)((signal - 1) * sizeof(KernelSignalAction));
            result._actions[signal] = batch.At<KernelSignalAction>(entry);
        }
        return result;
    }

    /// <summary>Those that are not the default.</summary>
    public IReadOnlyList<SignalActionState> ToState()
    {
        List<SignalActionState> states = [];
        for (int signal = 1; signal <= Signals.Last; signal++)
        {
            KernelSignalAction action = _actions[signal];
            if (action is not { Handler: 0, Flags: 0, Restorer: 0, Mask: 0 })
                states.Add(new(signal, action.Handler, action.Flags, action.Restorer, action.Mask));
        }
        return states;
    }

    /// <summary>What the first of the pending signals that the mask lets through does to a blocked call.</summary>
    public CallTurn.Delivery DeliveryOf(IEnumerable<byte[]> pending, ulong mask)
    {
        foreach (byte[] information in pending)
        {
            int signal = BinaryPrimitives.ReadInt32LittleEndian(information);
            if (signal is < 1 or > Signals.Last || (mask & Signals.Bit(signal)) != 0)
                continue;
            KernelSignalAction action = _actions[signal];
            bool ignored = action.Handler == IgnoringHandler
                || (action.Handler == DefaultHandler && (IgnoredByDefault & Signals.Bit(signal)) != 0);
            if (ignored)
                continue;
            return (action.Flags & Signals.RestartCalls) != 0
                ? CallTurn.Delivery.HandlerThatRestarts
                : CallTurn.Delivery.HandlerThatInterrupts;
        }
        return CallTurn.Delivery.None;
    }
}
