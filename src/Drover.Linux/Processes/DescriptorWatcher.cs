using Drover.Linux.Native;

namespace Drover.Linux.Processes;

/// <summary>Waits on one thread for descriptors that become readable: pidfds (pidfd_open(2)) of processes that end,
/// descriptors of faults.</summary>
internal sealed unsafe class DescriptorWatcher : IDisposable
{
    private const int ControlAdd = 1;
    private const int ControlRemove = 2;
    private const uint Readable = 1;
    private const uint OneShot = 1u << 30;

    private readonly SafeFileDescriptor _epoll;
    private readonly SafeFileDescriptor _wake;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, (Action Readable, bool Once)> _watched = []; // guarded by _lock
    private ulong _nextKey = 1; // guarded by _lock
    private volatile bool _ending;

    public DescriptorWatcher(string name)
    {
        _epoll = SafeFileDescriptor.Adopt(Libc.EpollCreate(OpenFlags.CloseOnExec), "epoll_create1");
        _wake = SafeFileDescriptor.Adopt(Libc.EventDescriptor(0, OpenFlags.CloseOnExec), "eventfd");
        EpollEvent change = new() { Events = Readable, Data = 0 };
        LinuxException.Check(Libc.EpollControl(_epoll, ControlAdd, _wake, &change), "epoll_ctl");
        _thread = new Thread(Loop) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Calls back once, on the watcher's thread, when the descriptor is readable. Gives the key for
    /// <see cref="Forget"/>.</summary>
    public ulong WatchOnce(SafeFileDescriptor descriptor, Action readable) => Add(descriptor, readable, once: true);

    /// <summary>Calls back on the watcher's thread, again and again as long as the descriptor is readable.</summary>
    public ulong Watch(SafeFileDescriptor descriptor, Action readable) => Add(descriptor, readable, once: false);

    public void Forget(SafeFileDescriptor descriptor, ulong key)
    {
        lock (_lock)
            _watched.Remove(key);
        // Fails if the watcher is gone already, which is as good.
        EpollEvent unused = default;
        _ = Libc.EpollControl(_epoll, ControlRemove, descriptor, &unused);
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

    private ulong Add(SafeFileDescriptor descriptor, Action readable, bool once)
    {
        EpollEvent change = new() { Events = Readable | (once ? OneShot : 0) };
        lock (_lock)
        {
            change.Data = _nextKey++;
            _watched.Add(change.Data, (readable, once));
        }
        LinuxException.Check(Libc.EpollControl(_epoll, ControlAdd, descriptor, &change), "epoll_ctl");
        return change.Data;
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
                (Action Readable, bool Once) watch;
                lock (_lock)
                {
                    if (_watched.TryGetValue(events[i].Data, out watch) && watch.Once)
                        _watched.Remove(events[i].Data);
                }

                watch.Readable?.Invoke();
            }
        }
    }
}
