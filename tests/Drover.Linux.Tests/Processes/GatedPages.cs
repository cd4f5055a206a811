using Drover.Platform;

namespace Drover.Linux.Tests.Processes;

/// <summary>Pages that come when the test says so, and later to one thread than to the others.</summary>
internal sealed class GatedPages(IPageSource pages) : IPageSource, IDisposable
{
    private readonly ManualResetEventSlim _open = new(true);
    private readonly ManualResetEventSlim _goes = new();
    private volatile int _caller;
    private volatile bool _isGivenBack;

    public IReadOnlyList<PageRun> Runs => pages.Runs;

    /// <summary>Set when the thread that is kept has come to read.</summary>
    public ManualResetEventSlim CallerReads { get; } = new();

    public bool IsGivenBack => _isGivenBack;

    public void Close() => _open.Reset();

    public void Open() => _open.Set();

    /// <summary>The calling thread is the one that is kept.</summary>
    public void KeepCaller() => _caller = Environment.CurrentManagedThreadId;

    public void LetCallerGo() => _goes.Set();

    public void Read(ulong address, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_isGivenBack, this);
        if (Environment.CurrentManagedThreadId == _caller)
        {
            CallerReads.Set();
            _goes.Wait();
        }
        else
        {
            _open.Wait();
        }

        pages.Read(address, destination);
    }

    public void Dispose() => _isGivenBack = true;
}
