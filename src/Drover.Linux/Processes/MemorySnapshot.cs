using Drover.Linux.Memory;
using Drover.Platform;

namespace Drover.Linux.Processes;

/// <summary>A stopped copy of a component, kept for its memory. Outlives the component.</summary>
internal sealed class MemorySnapshot : IMemorySnapshot
{
    private readonly Lazy<IReadOnlyList<PageRun>> _runs;
    private int _disposed;

    /// <summary>Takes over the process.</summary>
    public MemorySnapshot(KeptProcess process)
    {
        Process = process;
        Memory = new ProcessMemory(process.HostProcessId);
        // Looked for when asked, which is after the pause.
        _runs = new Lazy<IReadOnlyList<PageRun>>(() => PageScan.OwnPages(process.HostProcessId));
    }

    public KeptProcess Process { get; }

    public ProcessMemory Memory { get; }

    public IReadOnlyList<PageRun> Runs => _runs.Value;

    public ulong HeldBytes => MemoryUse.OfAnonymous(Process.HostProcessId);

    /// <summary>Not by process_vm_readv(2), which pins what it reads: before it pins a page that is shared by a fork the
    /// kernel copies it (gup_must_unshare, Linux 5.19). That is twice the time, and the memory once more.</summary>
    public void Read(ulong address, Span<byte> destination) => Memory.ReadForced(address, destination);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Memory.Dispose();
        Process.Dispose();
    }
}
