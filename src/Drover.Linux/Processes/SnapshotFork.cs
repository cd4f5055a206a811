using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>Makes a copy-on-write copy of an address space by an injected fork.</summary>
internal static unsafe class SnapshotFork
{
    /// <summary>The copy: a stopped process that never runs an instruction. Its parent is the namespaces' init, so
    /// that the component neither sees it as a child nor hears of its end.</summary>
    public static Tracee Make(StoppedThread thread, ProcessMemory memory, out int namespaceId)
    {
        CallBatch batch = new();
        ulong arguments = batch.Put(new CloneArguments { Flags = CloneFlags.Parent | CloneFlags.Traced });
        int clone = batch.Require("clone3", SystemCall.Clone3, arguments, (ulong)sizeof(CloneArguments));
        thread.Tracee.SetOptions(Ptrace.OptionKillOnExit | Ptrace.OptionClone);
        thread.BeginInjection();
        IReadOnlyList<int> born = Injector.Run(thread.Tracee, memory, batch);
        Tracee? copy = born.Count > 0 ? new Tracee(born[0]) : null;
        try
        {
            batch.ThrowOnFailure();
            copy!.WaitForEventStop();
            thread.Tracee.SetOptions(Ptrace.OptionKillOnExit);
            namespaceId = (int)batch.Result(clone);
            return copy;
        }
        catch
        {
            if (copy is not null)
                ProcessEnd.KillAndReap(copy.ThreadId);
            throw;
        }
    }
}
