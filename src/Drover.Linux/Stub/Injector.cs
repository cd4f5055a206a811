using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Processes;
using Drover.Linux.Tracing;

namespace Drover.Linux.Stub;

/// <summary>Runs tables of calls in stopped threads. Used on the tracer thread only.</summary>
internal static class Injector
{
    /// <summary>All signals blocked but SIGTRAP, whose forced delivery under a block would reset its handler.</summary>
    public const ulong QuietMask = ~(1UL << (Signals.Trap - 1));

    private const ulong UserCodeSelector = 0x33;
    private const ulong UserStackSelector = 0x2b;
    private const ulong TrapFlag = 0x100;
    private const ulong DirectionFlag = 0x400;

    /// <summary>Runs a batch in a thread whose registers and mask are of no further use or were saved by the caller.
    /// Gives the ids of the processes and threads it made, if the thread's options ask for their events.</summary>
    public static IReadOnlyList<int> Run(
        Tracee tracee, ProcessMemory memory, CallBatch batch, ulong codeAddress = StubLayout.CodeAddress)
    {
        List<int> born = [];
        Begin(tracee, memory, batch, codeAddress);
        Finish(tracee, memory, batch, codeAddress, born);
        return born;
    }

    /// <summary>As <see cref="Run"/>, and throws for the first required call that failed.</summary>
    public static IReadOnlyList<int> RunChecked(Tracee tracee, ProcessMemory memory, CallBatch batch)
    {
        IReadOnlyList<int> born = Run(tracee, memory, batch);
        batch.ThrowOnFailure();
        return born;
    }

    /// <summary>Sends a thread on its way through a batch. Several threads can be under way at once.</summary>
    public static void Begin(
        Tracee tracee, ProcessMemory memory, CallBatch batch, ulong codeAddress = StubLayout.CodeAddress)
    {
        memory.WriteBoth(batch.Address, batch.Entries, batch.DataAddress, batch.Data);
        UserRegisters registers = tracee.GetRegisters();
        registers.Rip = codeAddress + StubCode.LoopOffset;
        registers.R12 = batch.Address;
        registers.R13 = (ulong)batch.Count;
        registers.Rax = 0;
        // No restart of whatever call the thread was stopped in, and 64-bit code whatever mode it was in.
        registers.OriginalRax = ulong.MaxValue;
        registers.Cs = UserCodeSelector;
        registers.Ss = UserStackSelector;
        registers.Eflags &= ~(TrapFlag | DirectionFlag);
        tracee.SetRegisters(registers);
        tracee.Continue();
    }

    /// <summary>Waits for a batch that <see cref="Begin"/> started and fetches its results.</summary>
    public static void Finish(
        Tracee tracee,
        ProcessMemory memory,
        CallBatch batch,
        ulong codeAddress = StubLayout.CodeAddress,
        List<int>? born = null)
    {
        WaitForBreakpoint(tracee, codeAddress + StubCode.DoneOffset, born);
        memory.ReadBoth(batch.Address, batch.Entries, batch.DataAddress, batch.Data);
    }

    private static void WaitForBreakpoint(Tracee tracee, ulong expected, List<int>? born)
    {
        while (true)
        {
            WaitStatus status = tracee.WaitForStop();
            if (status.Event is Ptrace.EventFork or Ptrace.EventClone)
                born?.Add((int)tracee.GetEventMessage());
            else if (status.Event == 0 && !IsStray(tracee, status.StopSignal, expected))
                return;
            tracee.Continue();
        }
    }

    /// <summary>True for a stop that has nothing to do with the batch; its signal is put off.</summary>
    private static bool IsStray(Tracee tracee, int signal, ulong expected)
    {
        ulong at = tracee.GetRegisters().Rip;
        if (signal == Signals.Trap && at == expected)
            return false;
        bool fault = signal is Signals.Segmentation or Signals.Illegal or Signals.BusError;
        if (fault && at is >= StubLayout.CodeAddress and < StubLayout.CodeEnd)
        {
            // A thread can forbid itself all memory (protection keys need no call); it harms only its own process.
            throw new NotKeepableException(
                $"thread {tracee.ThreadId}, in which injected calls fail with signal {signal}");
        }
        // Sent while nobody could see it; what cannot be blocked (SIGSTOP) comes again after the injection.
        tracee.DeferSignal(signal);
        return true;
    }
}
