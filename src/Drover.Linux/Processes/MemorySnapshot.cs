using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Seccomp;
using Drover.Platform;

namespace Drover.Linux.Processes;

/// <summary>A stopped copy of a component, kept for its memory.</summary>
internal sealed class MemorySnapshot : IMemorySnapshot
{
    private readonly ProcessMemory _memory;
    private readonly SafeFileDescriptor _process;
    private readonly Action<MemorySnapshot> _end;
    private readonly Lazy<IReadOnlyList<PageRun>> _runs;
    private int _disposed;

    public MemorySnapshot(int hostProcessId, int namespaceId, Action<MemorySnapshot> end)
    {
        HostProcessId = hostProcessId;
        NamespaceId = namespaceId;
        _end = end;
        _memory = new ProcessMemory(hostProcessId);
        _process = PidDescriptor.Open(hostProcessId);
        // Looked for when asked, which is after the pause.
        _runs = new Lazy<IReadOnlyList<PageRun>>(() => PageScan.OwnPages(hostProcessId));
    }

    public int HostProcessId { get; }

    public int NamespaceId { get; }

    public IReadOnlyList<PageRun> Runs => _runs.Value;

    /// <summary>Not by process_vm_readv(2), which pins what it reads: before it pins a page that is shared by a fork the
    /// kernel copies it (gup_must_unshare, Linux 5.19). That is twice the time, and the memory once more.</summary>
    public void Read(ulong address, Span<byte> destination) => _memory.ReadForced(address, destination);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _memory.Dispose();
        // Its memory is given back while it ends, which takes the longer the more there is: not on the tracer thread.
        PidDescriptor.Signal(_process, Signals.Kill);
        PidDescriptor.WaitForEnd(_process);
        _end(this);
        _process.Dispose();
    }
}
