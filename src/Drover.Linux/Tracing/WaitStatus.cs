namespace Drover.Linux.Tracing;

/// <summary>The status word of waitpid(2).</summary>
internal readonly record struct WaitStatus(int Raw)
{
    public bool IsStopped => (Raw & 0xff) == 0x7f;

    public bool HasExited => (Raw & 0x7f) == 0;

    public bool WasSignalled => !IsStopped && !HasExited;

    public int ExitStatus => (Raw >> 8) & 0xff;

    public int EndingSignal => Raw & 0x7f;

    public int StopSignal => (Raw >> 8) & 0xff;

    /// <summary>The PTRACE_EVENT_* of a stop, or 0.</summary>
    public int Event => Raw >> 16;
}
