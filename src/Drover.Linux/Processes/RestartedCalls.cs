using Drover.Linux.Native;

namespace Drover.Linux.Processes;

/// <summary>Remembers which call a thread was in when it was stopped in one that the kernel continues by
/// restart_syscall(2): afterwards the registers no longer tell.</summary>
internal sealed class RestartedCalls
{
    private readonly Dictionary<int, UserRegisters> _stops = [];

    /// <summary>To be told of each such stop.</summary>
    public void Note(int threadId, in UserRegisters registers)
    {
        if (registers.OriginalRax != SystemCall.RestartCall)
            _stops[threadId] = registers;
    }

    /// <summary>Number of the original call, or -1 if it is not known.</summary>
    public int Find(int threadId, in UserRegisters registers)
    {
        if (registers.OriginalRax != SystemCall.RestartCall)
            return (int)registers.OriginalRax;
        bool same = _stops.TryGetValue(threadId, out UserRegisters then)
            && then.Rip == registers.Rip && then.Rsp == registers.Rsp
            && then.Rdi == registers.Rdi && then.Rsi == registers.Rsi
            && then.Rdx == registers.Rdx && then.R10 == registers.R10;
        return same ? (int)then.OriginalRax : -1;
    }

    /// <summary>Forgets threads that are no more.</summary>
    public void Keep(IReadOnlySet<int> threadIds)
    {
        foreach (int gone in _stops.Keys.Where(id => !threadIds.Contains(id)).ToArray())
            _stops.Remove(gone);
    }
}
