using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Userfault;
using Drover.Linux.Waits;
using Drover.Platform.Traps;

namespace Drover.Linux.Seccomp;

/// <summary>
/// The listener of one process's filter: a dedicated thread receives each trapped call and hands it to the handler;
/// answers may come from any thread. No allocation per call.
/// <para>SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV must not be set on the filter: a thread would not stop for a
/// checkpoint until its call is answered.</para>
/// </summary>
public sealed unsafe class NotificationPort : ITrapPort, IDisposable
{
    private const int EINPROGRESS = 115;
    private const int ExitCall = CallNumber.exit;

    /// <summary>So many answers that other threads gave tell a component that talks to others from one that waits now and then.</summary>
    private const int AnsweredElsewhereOften = 64;

    private readonly SafeHandle _listener;
    private readonly int _hostPid;
    private readonly ITrapHandler _handler;
    private readonly Thread _thread;
    private readonly ReadMemory _read; // one delegate for all calls
    private readonly ConcurrentDictionary<int, int> _namespaceIds = new();
    private readonly Lock _memoryLock = new();
    private SafeFileDescriptor? _memory; // opened once, guarded by _memoryLock
    private SafeFileDescriptor? _process; // set by Start
    private bool _started;
    private int _answeredElsewhere; // about how many; written by any thread

    /// <param name="listener">The listener; owned by the port from here on.</param>
    /// <param name="hostPid">Process id on this node.</param>
    /// <param name="handler">Called on the port's thread; must not block.</param>
    public NotificationPort(SafeHandle listener, int hostPid, ITrapHandler handler)
    {
        _listener = listener;
        _hostPid = hostPid;
        _handler = handler;
        _read = TryRead;
        _thread = new Thread(Serve, maxStackSize: 512 * 1024) { IsBackground = true, Name = $"drover-trap-{hostPid}" };
    }

    /// <summary>Notes waits with a timeout, which the kernel carries out; without it they are the handler's.</summary>
    internal TimedWaits? Waits { get; init; }

    /// <summary>Brings memory that is not there yet; null if all of it is.</summary>
    internal LazyFill? Fill { get; init; }

    /// <summary>Told of what this port writes into the component's memory.</summary>
    internal OutsideWrites? Writes { get; init; }

    /// <summary>What the handler threw, if the process was ended for that.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Begins to serve. The process must exist.</summary>
    public void Start()
    {
        if (Libc.Ioctl(_listener, SeccompRequest.NotifySetFlags, (void*)SeccompRequest.SyncWakeUp) != 0)
            throw LinuxException.Last("ioctl(SECCOMP_IOCTL_NOTIF_SET_FLAGS)");
        _process = PidDescriptor.Open(_hostPid);
        _started = true;
        _thread.Start();
    }

    public AnswerOutcome Answer(ulong callId, long result) => Send(callId, result, 0, 0);

    public AnswerOutcome Fail(ulong callId, int errno) => Send(callId, 0, -errno, 0);

    public AnswerOutcome Continue(ulong callId) => Send(callId, 0, 0, SeccompRequest.ContinueFlag);

    public AnswerOutcome AnswerWithDescriptor(ulong callId, SafeHandle descriptor, bool closeOnExec) =>
        AddDescriptor(callId, descriptor, SeccompRequest.AddAndSend, 0, closeOnExec);

    public AnswerOutcome AnswerWithDescriptorAt(ulong callId, SafeHandle descriptor, int number, bool closeOnExec) =>
        AddDescriptor(callId, descriptor, SeccompRequest.AddAndSend | SeccompRequest.AddAtNumber, number, closeOnExec);

    public bool IsWaiting(ulong callId)
    {
        try
        {
            return Libc.Ioctl(_listener, SeccompRequest.NotifyIdValid, &callId) == 0;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (destination.IsEmpty)
            return true;
        SafeFileDescriptor? memory = Memory();
        if (memory is null || address > long.MaxValue)
            return false;
        if (ReadAll(memory, address, destination))
            return true;
        if (Fill is null)
            return false;
        Fill.Bring(address, address + (ulong)destination.Length);
        return ReadAll(memory, address, destination);
    }

    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
            return true;
        SafeFileDescriptor? memory = Memory();
        if (memory is null || address > long.MaxValue)
            return false;
        if (WriteAll(memory, address, source))
            return true;
        if (Fill is null)
            return false;
        Fill.Bring(address, address + (ulong)source.Length);
        return WriteAll(memory, address, source);
    }

    public bool HoldsMemory(ulong inode) => MemoryUse.Holds(_hostPid, inode);

    /// <summary>To be asked only of a thread whose call waits: what is known of it is forgotten when it exits.</summary>
    public int NamespaceThreadId(int hostThreadId)
    {
        if (_namespaceIds.TryGetValue(hostThreadId, out int known))
            return known;
        int id = ThreadStatus.NamespaceId(hostThreadId, _hostPid);
        if (id != 0)
            _namespaceIds[hostThreadId] = id;
        return id;
    }

    // What is found out about a thread that makes no call is not kept: it may be about to exit, and its id be given to another.
    public int HostThreadId(int namespaceThreadId) => ThreadAccess.Find(_hostPid, namespaceThreadId);

    public string? ThreadName(int namespaceThreadId) =>
        HostThreadId(namespaceThreadId) is > 0 and int thread ? ThreadAccess.Name(_hostPid, thread) : null;

    public byte[]? ThreadAffinity(int namespaceThreadId) =>
        HostThreadId(namespaceThreadId) is > 0 and int thread ? ThreadAccess.Affinity(thread) : null;

    public bool TrySetThreadAffinity(int namespaceThreadId, ReadOnlySpan<byte> mask) =>
        HostThreadId(namespaceThreadId) is > 0 and int thread && ThreadAccess.TrySetAffinity(thread, mask);

    private static bool ReadAll(SafeFileDescriptor memory, ulong address, Span<byte> destination)
    {
        fixed (byte* buffer = destination)
        {
            // A read of /proc/pid/mem ends early at the first byte that is not there.
            return Libc.ReadAt(memory, buffer, (nuint)destination.Length, (long)address) == destination.Length;
        }
    }

    private bool WriteAll(SafeFileDescriptor memory, ulong address, ReadOnlySpan<byte> source)
    {
        fixed (byte* buffer = source)
        {
            nint written = Libc.WriteAt(memory, buffer, (nuint)source.Length, (long)address);
            Writes?.Note(address, (int)written);
            return written == source.Length;
        }
    }

    /// <summary>Closes the listener and waits for the thread. To be called when all processes under the filter have
    /// ended: only that ends a blocked receive.</summary>
    public void Dispose()
    {
        if (_started && Thread.CurrentThread != _thread)
            _thread.Join(TimeSpan.FromSeconds(5));
        _listener.Dispose();
        _process?.Dispose();
        lock (_memoryLock)
            _memory?.Dispose();
    }

    private void Serve()
    {
        int descriptor = (int)_listener.DangerousGetHandle();
        bool converses = false;
        try
        {
            while (TryReceive(descriptor, out SeccompNotification call))
            {
                if (!converses && Volatile.Read(ref _answeredElsewhere) > AnsweredElsewhereOften)
                {
                    converses = true;
                    DispatchPriority.Take(_hostPid);
                }

                // The id of a thread that goes away may be given again to another.
                bool exits = call.Data.Number == ExitCall;
                if (Waits?.Note(call, _read) is { } wait)
                {
                    // Nothing was decided about the call, so it does not matter if the thread changes what it points to.
                    if (Continue(call.Id) == AnswerOutcome.Sent)
                        wait.HasBegun = true;
                    continue;
                }

                if (call.Data.Number == CallNumber.mremap)
                {
                    // As above. What is not a range of memory has nothing missing in it.
                    Fill?.FillNow(call.Data.Argument0, unchecked(call.Data.Argument0 + call.Data.Argument1));
                    Continue(call.Id);
                    continue;
                }

                if (exits)
                    Forget(call.ThreadId);
                _handler.Handle(this, new TrappedCall(call.Id, call.ThreadId, call.Data.Number,
                    call.Data.InstructionPointer, call.Data.Argument0, call.Data.Argument1, call.Data.Argument2,
                    call.Data.Argument3, call.Data.Argument4, call.Data.Argument5));
                if (exits)
                    Forget(call.ThreadId);
            }
        }
        catch (ObjectDisposedException)
        {
            // Disposed while it was served.
        }
#pragma warning disable CA1031 // Whatever the handler throws ends this component and nothing else.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Fault = fault;
            PidDescriptor.Signal(_process!, Signals.Kill);
            while (TryReceive(descriptor, out _))
            {
                // Its threads die; their calls need no answer.
            }
        }
    }

    private void Forget(int threadId)
    {
        _namespaceIds.TryRemove(threadId, out _);
        Waits?.Forget(threadId);
    }

    /// <summary>Waits for the next call; false when nobody is left under the filter.</summary>
    private bool TryReceive(int descriptor, out SeccompNotification call)
    {
        while (true)
        {
            call = default; // the kernel refuses a structure that is not zeroed
            fixed (SeccompNotification* buffer = &call)
            {
                if (Libc.IoctlQuickly(descriptor, SeccompRequest.NotifyReceive, buffer) == 0)
                    return true;
                // Failing is rare, and asked again it tells why, or has the next call.
                if (Libc.Ioctl(_listener, SeccompRequest.NotifyReceive, buffer) == 0)
                    return true;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno is not (Errno.EINTR or Errno.ENOENT))
                throw new LinuxException("ioctl(SECCOMP_IOCTL_NOTIF_RECV)", errno);
            // ENOENT: the call was interrupted meanwhile, or (since Linux 6.11) the last process has gone.
            if (errno == Errno.ENOENT && IsHungUp())
                return false;
        }
    }

    private bool IsHungUp()
    {
        bool added = false;
        try
        {
            _listener.DangerousAddRef(ref added);
            PollDescriptor poll = new() { Descriptor = (int)_listener.DangerousGetHandle() };
            return Libc.Poll(&poll, 1, 0) > 0 && (poll.ReturnedEvents & SeccompRequest.PollHangUp) != 0;
        }
        finally
        {
            if (added)
                _listener.DangerousRelease();
        }
    }

    private AnswerOutcome Send(ulong callId, long value, int error, uint flags)
    {
        SeccompResponse response = new() { Id = callId, Value = value, Error = error, Flags = flags };
        if (Thread.CurrentThread != _thread)
            Volatile.Write(ref _answeredElsewhere, Volatile.Read(ref _answeredElsewhere) + 1);
        bool added = false;
        try
        {
            _listener.DangerousAddRef(ref added);
            if (Libc.IoctlQuickly((int)_listener.DangerousGetHandle(), SeccompRequest.NotifySend, &response) == 0)
                return AnswerOutcome.Sent;
            while (Libc.Ioctl(_listener, SeccompRequest.NotifySend, &response) != 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno is Errno.ENOENT or EINPROGRESS)
                    return AnswerOutcome.Gone;
                if (errno != Errno.EINTR)
                    throw new LinuxException("ioctl(SECCOMP_IOCTL_NOTIF_SEND)", errno);
            }
            return AnswerOutcome.Sent;
        }
        catch (ObjectDisposedException)
        {
            return AnswerOutcome.Gone;
        }
        finally
        {
            if (added)
                _listener.DangerousRelease();
        }
    }

    /// <summary>The thread itself takes the descriptor and the answer in one step: an interrupted call has neither,
    /// and success means that both arrived.</summary>
    private AnswerOutcome AddDescriptor(ulong callId, SafeHandle descriptor, uint flags, int number, bool closeOnExec)
    {
        bool added = false;
        try
        {
            descriptor.DangerousAddRef(ref added);
            SeccompAddDescriptor request = new()
            {
                Id = callId,
                Flags = flags,
                Source = (uint)descriptor.DangerousGetHandle(),
                Number = (uint)number,
                NumberFlags = closeOnExec ? SeccompRequest.CloseOnExec : 0,
            };
            while (Libc.Ioctl(_listener, SeccompRequest.NotifyAddDescriptor, &request) < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno is Errno.ENOENT or EINPROGRESS or Errno.ESRCH)
                    return AnswerOutcome.Gone;
                if (errno is Errno.EMFILE or Errno.EBADF)
                    return Fail(callId, Errno.EMFILE);
                if (errno != Errno.EINTR)
                    throw new LinuxException("ioctl(SECCOMP_IOCTL_NOTIF_ADDFD)", errno);
            }
            return AnswerOutcome.Sent;
        }
        catch (ObjectDisposedException)
        {
            return AnswerOutcome.Gone;
        }
        finally
        {
            if (added)
                descriptor.DangerousRelease();
        }
    }

    /// <summary>The process's memory. A descriptor stays with the memory it was opened for, whatever becomes of the
    /// process id; it is opened at the first use because the program is loaded after the port was made.</summary>
    private SafeFileDescriptor? Memory()
    {
        if (_memory is { } open)
            return open;
        lock (_memoryLock)
        {
            if (_memory is not null)
                return _memory;
            int descriptor = Libc.Open($"/proc/{_hostPid}/mem", OpenFlags.ReadWrite | OpenFlags.CloseOnExec, 0);
            if (descriptor < 0)
                return null;
            return _memory = new SafeFileDescriptor(descriptor);
        }
    }
}
