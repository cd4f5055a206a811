using System.Runtime.ExceptionServices;
using Drover.Linux.Native;

namespace Drover.Linux.Tracing;

/// <summary>The one thread that traces: Linux ties a traced thread to the thread that attached to it, and ends what it
/// traces (PTRACE_O_EXITKILL) when that thread ends.</summary>
internal sealed class TracerThread : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _work = new(); // guarded by _lock
    private bool _ending; // guarded by _lock
    private readonly SemaphoreSlim _available = new(0);
    private readonly Thread _thread;

    public TracerThread()
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = "tracer" };
        _thread.Start();
    }

    /// <summary>Runs work on the tracer thread and waits for it. Work from the thread itself runs at once.</summary>
    public T Run<T>(Func<T> work)
    {
        if (Thread.CurrentThread == _thread)
            return work();
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        using ManualResetEventSlim done = new();
        Enqueue(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
            finally
            {
                done.Set();
            }
        });
        done.Wait();
        failure?.Throw();
        return result;
    }

    public void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <summary>The same, unless the thread is ending: then nothing is done.</summary>
    public void TryRun(Action work)
    {
        try
        {
            Run(work);
        }
        catch (ObjectDisposedException) when (IsEnding())
        {
            // What the thread traced has ended with it.
        }
    }

    /// <summary>Has work done some time, without waiting for it. It handles its own failures; if the thread is ending it is not done.</summary>
    public void Post(Action work)
    {
        lock (_lock)
        {
            if (_ending)
                return;
            _work.Enqueue(work);
            _available.Release();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_ending)
                return;
            _ending = true;
        }
        _available.Release();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
        _available.Dispose();
    }

    private bool IsEnding()
    {
        lock (_lock)
            return _ending;
    }

    private void Enqueue(Action work)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ending, this);
            _work.Enqueue(work);
        }
        _available.Release();
    }

    private void Loop()
    {
        // Waiting for stops sleeps for microseconds; the default slack would make 50 more of each.
        _ = Libc.ProcessControl(Prctl.SetTimerSlack, 1, 0, 0, 0);
        while (true)
        {
            _available.Wait();
            Action? work;
            lock (_lock)
            {
                if (!_work.TryDequeue(out work))
                    return;
            }
            work();
        }
    }
}
