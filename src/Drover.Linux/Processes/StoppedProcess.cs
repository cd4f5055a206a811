using System.Runtime.InteropServices;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>The time during which a component is stopped.</summary>
internal sealed class StoppedProcess(ComponentProcess process) : IStoppedProcess
{
    private bool _ended;

    public TimeSpan RanSinceStop => process.RanSinceStop;

    public ProcessState Read(Func<string, SafeHandle, FileIdentity> identify)
    {
        ArgumentNullException.ThrowIfNull(identify);
        ObjectDisposedException.ThrowIf(_ended, this);
        return process.WhileStopped(threads => process.Reader(threads).Read(identify));
    }

    public IMemorySnapshot Snapshot()
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        return process.WhileStopped<IMemorySnapshot>(_ => process.TakeSnapshot());
    }

    public PageChanges TakeChanges()
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        return process.WhileStopped(_ => process.TakeChanges());
    }

    public IMemorySnapshot Copy(IReadOnlyList<PageRun> pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        ObjectDisposedException.ThrowIf(_ended, this);
        return process.WhileStopped(_ => process.CopyPages(pages));
    }

    public void Resume()
    {
        if (_ended)
            return;
        _ended = true;
        process.Resume();
    }

    public void Dispose() => Resume();
}
