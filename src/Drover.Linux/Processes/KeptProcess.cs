using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Seccomp;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>
/// A stopped process in a component's namespaces that is kept for its memory and never runs anything but injected calls. It
/// has the rights of the namespaces' init, so that a component can be made of a copy of it. It holds on to the namespaces:
/// they end with the last of those who do.
/// </summary>
/// <remarks>
/// An anchor shares the memory of a component, a snapshot has a copy. Either lies there for a component to look at, or shares
/// its pages, so calls are injected only while all threads of the component are stopped.
/// </remarks>
internal sealed unsafe class KeptProcess : IDisposable
{
    private const int OfProcess = 0; // PRIO_PROCESS

    /// <summary>A tenth of the usual weight. With less it could take seconds where a component computes without end.</summary>
    private const int Unhurried = 10;

    private readonly TracerThread _tracer;
    private readonly SafeFileDescriptor _process;
    private int _disposed;
    private DescriptorWatcher? _exits; // if it ends unhurried; tracer thread only
    private ulong _watchKey; // tracer thread only

    private KeptProcess(TracerThread tracer, NamespaceInit init, Tracee tracee, int namespaceId)
    {
        _tracer = tracer;
        Init = init;
        Tracee = tracee;
        NamespaceId = namespaceId;
        _process = PidDescriptor.Open(tracee.ThreadId);
        init.Add(this);
    }

    public NamespaceInit Init { get; }

    /// <summary>Used on the tracer thread only.</summary>
    public Tracee Tracee { get; }

    public int NamespaceId { get; }

    public int HostProcessId => Tracee.ThreadId;

    /// <summary>True from when it was told to end.</summary>
    public bool IsEnding => Volatile.Read(ref _disposed) != 0;

    /// <summary>Makes a process that shares the memory of a stub which has its rights still. Tracer thread only.</summary>
    public static KeptProcess Anchor(TracerThread tracer, NamespaceInit init, Tracee stub, ProcessMemory memory) =>
        Make(tracer, init, stub, memory, CloneFlags.Memory);

    /// <summary>Makes a process with a copy-on-write copy of the memory. Tracer thread only; nothing else that has this memory
    /// runs meanwhile.</summary>
    /// <param name="memory">This process's memory, by whatever process has it.</param>
    public KeptProcess Copy(ProcessMemory memory) => Make(_tracer, Init, Tracee, memory, 0);

    /// <summary>Clones a process with a copy of the memory and a certain id, still stopped; its rights are for the caller to
    /// drop, and its end for the caller to wait for. Tracer thread only.</summary>
    public Tracee Fork(ProcessMemory memory, int namespaceId) => Clone(Init, Tracee, memory, 0, namespaceId);

    /// <summary>Clones a process that shares the memory, likewise; this one is its anchor then. Tracer thread only.</summary>
    public Tracee Share(ProcessMemory memory, int namespaceId) => Clone(Init, Tracee, memory, CloneFlags.Memory, namespaceId);

    /// <summary>Ends the process and waits until it is gone. Its memory is given back meanwhile, which takes the longer the more
    /// there is: not to be done on the tracer thread if that can be helped.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        PidDescriptor.Signal(_process, Signals.Kill);
        PidDescriptor.WaitForEnd(_process);
        _tracer.TryRun(() => Init.Remove(this));
        _process.Dispose();
    }

    /// <summary>Ends the process without waiting for it. What it is the last to have of its memory is given back while little else wants the
    /// processor: whoever drops an address space last takes it down, so its weight is what counts. Tracer thread only.</summary>
    /// <param name="exits">Tells of its end.</param>
    public void EndUnhurried(DescriptorWatcher exits)
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        // If it fails it goes quicker, at the cost of others.
        _ = Libc.SetPriority(OfProcess, HostProcessId, Unhurried);
        PidDescriptor.Signal(_process, Signals.Kill);
        _exits = exits;
        _watchKey = exits.WatchOnce(_process, () =>
        {
            _tracer.TryRun(() => Init.Remove(this));
            _process.Dispose();
        });
    }

    /// <summary>If it is ending unhurried, it goes as quickly as others from now on; or is waited for, where this node may not do that. Tracer
    /// thread only.</summary>
    public void Hurry()
    {
        // It is fetched on this thread, so as long as it was not its id is its own.
        if (!_process.IsClosed && Init.IsKept(this) && Libc.SetPriority(OfProcess, HostProcessId, 0) == -1)
            PidDescriptor.WaitForEnd(_process);
    }

    /// <summary>Waits until it has ended, if it was asked to. Tracer thread only.</summary>
    public void AwaitEnd()
    {
        if (!_process.IsClosed && Init.IsKept(this))
            PidDescriptor.WaitForEnd(_process);
    }

    /// <summary>The namespaces are ending, and the process with them. Tracer thread only.</summary>
    public void EndWithNamespaces()
    {
        ProcessEnd.Reap(HostProcessId);
        // Who ends it and waits for that gives the descriptor back; who watches for its end may not come to that any more.
        _exits?.Forget(_process, _watchKey);
        if (Interlocked.Exchange(ref _disposed, 1) == 0 || _exits is not null)
            _process.Dispose();
    }

    private static KeptProcess Make(TracerThread tracer, NamespaceInit init, Tracee source, ProcessMemory memory, ulong flags)
    {
        int id = init.NextKeptId();
        Tracee made = Clone(init, source, memory, flags, id);
        try
        {
            return new KeptProcess(tracer, init, made, id);
        }
        catch
        {
            ProcessEnd.KillAndReap(made.ThreadId);
            init.TryReap(id, out _);
            throw;
        }
    }

    /// <summary>The parent is the namespaces' init, so that the component neither sees a child nor hears of its end.</summary>
    private static Tracee Clone(NamespaceInit init, Tracee source, ProcessMemory memory, ulong flags, int namespaceId)
    {
        CallBatch batch = new();
        ulong arguments = batch.Put(new CloneArguments
        {
            Flags = CloneFlags.Parent | CloneFlags.Traced | flags,
            SetThreadIds = batch.Put(namespaceId),
            SetThreadIdCount = 1,
        });
        batch.Require("clone3", SystemCall.Clone3, arguments, (ulong)sizeof(CloneArguments));
        source.SetOptions(Ptrace.OptionKillOnExit | Ptrace.OptionClone | Ptrace.OptionFork);
        IReadOnlyList<int> born = Injector.Run(source, memory, batch);
        Tracee? made = born.Count > 0 ? new Tracee(born[0]) : null;
        try
        {
            batch.ThrowOnFailure();
            made!.WaitForEventStop();
            made.SetOptions(Ptrace.OptionKillOnExit);
            source.SetOptions(Ptrace.OptionKillOnExit);
            made.SetSignalMask(Injector.QuietMask);
            return made;
        }
        catch
        {
            if (made is not null)
            {
                ProcessEnd.KillAndReap(made.ThreadId);
                init.TryReap(namespaceId, out _);
            }

            throw;
        }
    }
}
