using Drover.Linux.Native;

namespace Drover.Linux.Processes;

/// <summary>Waits for the end of processes by their pidfds (pidfd_open(2)) on one thread.</summary>
internal sealed unsafe class ExitWatcher : IDisposable
{
    private const int ControlAdd = 1;
    private const int ControlRemove = 2;
    private const uint Readable = 1;
    private const uint OneShot = 1u << 30;

    private readonly SafeFileDescriptor _epoll;
    private readonly SafeFileDescriptor _wake;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, Action> _watched = []; // guarded by _lock
    private ulong _nextKey = 1; // guarded by _lock
    private volatile bool _ending;

    public ExitWatcher()
    {
        _epoll = SafeFileDescriptor.Adopt(Libc.EpollCreate(OpenFlags.CloseOnExec), "epoll_create1");
        _wake = SafeFileDescriptor.Adopt(Libc.EventDescriptor(0, OpenFlags.CloseOnExec), "eventfd");
        EpollEvent change = new() { Events = Readable, Data = 0 };
        LinuxException.Check(Libc.EpollControl(_epoll, ControlAdd, _wake, &change), "epoll_ctl");
        _thread = new Thread(Loop) { IsBackground = true, Name = "exit watcher" };
        _thread.Start();
    }

    /// <summary>Calls back once, on the watcher's thread, when the process has ended. Gives the key for
    /// <see cref="Forget"/>.</summary>
    public ulong Watch(SafeFileDescriptor process, Action ended)
    {
        EpollEvent change = new() { Events = Readable | OneShot };
        lock (_lock)
        {
            change.Data = _nextKey++;
            _watched.Add(change.Data, ended);
        }
        LinuxException.Check(Libc.EpollControl(_epoll, ControlAdd, process, &change), "epoll_ctl");
        return change.Data;
    }

    public void Forget(SafeFileDescriptor process, ulong key)
    {
        lock (_lock)
            _watched.Remove(key);
        // Fails if the watcher is gone already, which is as good.
        EpollEvent unused = default;
        _ = Libc.EpollControl(_epoll, ControlRemove, process, &unused);
    }

    public void Dispose()
    {
        if (_ending)
            return;
        _ending = true;
        ulong one = 1;
        LinuxException.Check(Libc.Write(_wake, (byte*)&one, sizeof(ulong)), "write");
        _thread.Join();
        _wake.Dispose();
        _epoll.Dispose();
    }

    private void Loop()
    {
        const int AtOnce = 16;
        EpollEvent* events = stackalloc EpollEvent[AtOnce];
        while (!_ending)
        {
            int count = Libc.EpollWait(_epoll, events, AtOnce, -1);
            for (int i = 0; i < count; i++)
            {
                Action? ended;
                lock (_lock)
                    _watched.Remove(events[i].Data, out ended);
                ended?.Invoke();
            }
        }
    }
}
