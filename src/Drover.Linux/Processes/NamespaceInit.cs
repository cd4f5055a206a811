using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>The init of an instance's namespaces: a stub that stays stopped. When it ends, all in it ends.</summary>
/// <remarks>Used on the tracer thread only.</remarks>
internal sealed unsafe class NamespaceInit : IDisposable
{
    /// <summary>Thread id that the component has in its namespace, unless an image says otherwise.</summary>
    public const int ComponentId = 2;

    /// <summary>Where the zygote keeps /proc/sys/kernel/ns_last_pid open, which means the namespace of who reads or
    /// writes it (pid_namespaces(7)).</summary>
    public const int LastIdDescriptor = 4;

    /// <summary>Where ids of kept processes begin, downwards: so they are in nobody's way for as long as a component has not
    /// made so many threads.</summary>
    private static readonly int HighestId =
        int.Parse(File.ReadAllText("/proc/sys/kernel/pid_max"), CultureInfo.InvariantCulture) - 1;

    private const ulong MountReadOnly = 1;
    private const ulong MountNoSetUid = 2;
    private const ulong MountNoDevices = 4;
    private const ulong MountNoExecute = 8;
    private const ulong DetachMount = 2;

    private readonly Tracee _tracee;
    private readonly ProcessMemory _memory;
    private readonly List<KeptProcess> _kept = [];
    private readonly HashSet<int> _keptFree = [];
    private int _nextKeptId = HighestId;
    private MemorySnapshot? _hasStandby;
    private bool _isOccupied = true;
    private bool _isSpoilt;
    private bool _ended;

    /// <summary>The CPUs that components of this node run on, and its processes start with.</summary>
    public ProcessorSet Processors { get; }

    public NamespaceInit(TracerThread tracer, Tracee tracee, ProcessMemory memory, DescriptorChannel channel, ProcessorSet processors)
    {
        Processors = processors;
        Left = new LeftMemory(tracer);
        _tracee = tracee;
        _memory = memory;
        Channel = channel;
        // The events tell the ids that children have on this node.
        tracee.SetOptions(Ptrace.OptionKillOnExit | Ptrace.OptionFork);
        // The ends of children are fetched, not announced.
        tracee.SetSignalMask(Injector.QuietMask);
    }

    public DescriptorChannel Channel { get; }

    public int ProcessId => _tracee.ThreadId;

    /// <summary>Threads under construction. A dead thread stays in the namespace until its tracer has waited for it,
    /// and the namespace's end waits for that. Emptied when the component gets an owner.</summary>
    public List<Tracee> UnderConstruction { get; } = [];

    /// <summary>Told when everything in the namespaces has ended.</summary>
    public Action<NamespaceInit>? Ended { get; set; }

    /// <summary>True while a component is being built or lives here; only one can at a time. Also once a building has failed, for
    /// then something of it may still lie in the channel.</summary>
    public bool IsOccupied => _isOccupied || _isSpoilt || _ended;

    /// <summary>An id for a process that is kept; each once.</summary>
    public int NextKeptId()
    {
        while (_keptFree.Contains(_nextKeptId))
            _nextKeptId--;
        return _nextKeptId--;
    }

    /// <summary>These ids are a component's: no process that is kept gets one of them.</summary>
    public void KeepFree(IEnumerable<int> ids) => _keptFree.UnionWith(ids);

    /// <summary>From now on the process holds on to the namespaces.</summary>
    public void Add(KeptProcess process) => _kept.Add(process);

    /// <summary>True if somebody killed it: by itself it does nothing. It is still to be disposed of.</summary>
    public bool WasKilled => ThreadFiles.IsEnding(ProcessId);

    /// <summary>False if no component is ever going to be built here again.</summary>
    public bool CanBeMovedInto => !_isSpoilt && !_ended;

    /// <summary>The snapshot in these namespaces that is to have a standby.</summary>
    public MemorySnapshot? WantsStandby { get; set; }

    /// <summary>There is one standby at a time: takes that of another snapshot away.</summary>
    public void ReplaceStandby(MemorySnapshot other)
    {
        if (_hasStandby != other)
            _hasStandby?.TakeStandby()?.Dispose();
        _hasStandby = other;
    }

    /// <summary>The memory of components that have ended here.</summary>
    public LeftMemory Left { get; }

    /// <summary>Fetches the end of a process that was killed and waited for; the namespaces end with the last one.</summary>
    public void Remove(KeptProcess process)
    {
        if (!_kept.Remove(process))
            return;
        ProcessEnd.Reap(process.HostProcessId);
        ReapQuietly(process.NamespaceId);
        // Nobody is likely to come for whose sake it should wait.
        if (!_isOccupied)
            Left.GiveBack();
        EndIfDeserted();
    }

    /// <summary>A component that is to be made of a kept process moves in.</summary>
    public void Occupy() => _isOccupied = true;

    /// <summary>True if anything else than this is kept here.</summary>
    public bool Keeps(KeptProcess other) => !_ended && _kept.Exists(kept => kept != other);

    /// <summary>The same of what was not told to end.</summary>
    public bool KeepsOn(KeptProcess other) => !_ended && _kept.Exists(kept => kept != other && !kept.IsEnding);

    /// <summary>True until its end was fetched.</summary>
    public bool IsKept(KeptProcess process) => _kept.Contains(process);

    /// <summary>The component has ended, and another one may be made of what is kept here.</summary>
    public void Leave() => _isOccupied = false;

    /// <summary>Kills what was under construction, waits for it, and leaves the namespaces to those who are kept.</summary>
    public void GiveUpConstruction(int leaderId)
    {
        if (UnderConstruction.Count > 0)
            ProcessEnd.Kill(UnderConstruction[0].ThreadId);
        ReapConstruction();
        ReapQuietly(leaderId);
        _isSpoilt = true;
        _isOccupied = false;
        EndIfDeserted();
    }

    /// <summary>Becomes the root of its user namespace.</summary>
    public void Prepare()
    {
        bool privileged = UserMap.Write(ProcessId);
        CallBatch batch = new();
        if (privileged)
            batch.Require("setgroups", SystemCall.SetGroups, 0, 0);
        batch.Require("setresgid", SystemCall.SetResGid, 0, 0, 0);
        batch.Require("setresuid", SystemCall.SetResUid, 0, 0, 0);
        ulong name = batch.Put("drover"u8);
        batch.Require("sethostname", SystemCall.SetHostName, name, 6);
        Injector.RunChecked(_tracee, _memory, batch);
    }

    /// <summary>Makes a time namespace with clocks of its own. Processes spawned afterwards live in it; one that
    /// exists can enter it by the descriptor.</summary>
    public SafeFileDescriptor CreateTimeNamespace(ClockOffsets clocks)
    {
        CallBatch batch = new();
        batch.Require("unshare", SystemCall.Unshare, CloneFlags.NewTime);
        Injector.RunChecked(_tracee, _memory, batch);
        clocks.Write(ProcessId);
        return SafeFileDescriptor.Open($"/proc/{ProcessId}/ns/time_for_children", OpenFlags.ReadOnly);
    }

    /// <summary>Makes the component's process, still a stub, with a given id.</summary>
    public Tracee Spawn(int threadId)
    {
        CallBatch batch = new();
        ulong wanted = batch.Put(threadId);
        ulong arguments = batch.Put(new CloneArguments
        {
            Flags = CloneFlags.Traced,
            ExitSignal = Signals.Child,
            SetThreadIds = wanted,
            SetThreadIdCount = 1,
        });
        batch.Require("clone3", SystemCall.Clone3, arguments, (ulong)sizeof(CloneArguments));
        IReadOnlyList<int> born = Injector.RunChecked(_tracee, _memory, batch);
        Tracee child = new(born[0]);
        UnderConstruction.Add(child);
        child.WaitForEventStop();
        return child;
    }

    /// <summary>Gives all processes of the namespace an empty root that cannot be written.</summary>
    public void LeaveHostFiles()
    {
        CallBatch batch = new();
        ulong place = batch.Put("/proc\0"u8);
        ulong kind = batch.Put("tmpfs\0"u8);
        ulong options = batch.Put("size=4k,nr_inodes=2,mode=555\0"u8);
        ulong here = batch.Put(".\0"u8);
        ulong flags = MountReadOnly | MountNoSetUid | MountNoDevices | MountNoExecute;
        batch.Require("mount", SystemCall.Mount, kind, place, kind, flags, options);
        batch.Require("chdir", SystemCall.ChangeDirectory, place);
        batch.Require("pivot_root", SystemCall.PivotRoot, here, here);
        batch.Require("umount2", SystemCall.Unmount, here, DetachMount);
        Injector.RunChecked(_tracee, _memory, batch);
    }

    /// <summary>The id that the namespace gave last.</summary>
    public int ReadLastId()
    {
        const int TextBytes = 16;
        CallBatch batch = new();
        ulong text = batch.Reserve(TextBytes);
        int read = batch.Require("pread64", SystemCall.ReadAt, LastIdDescriptor, text, TextBytes, 0);
        Injector.RunChecked(_tracee, _memory, batch);
        ReadOnlySpan<byte> digits = batch.At(text, (int)batch.Result(read));
        return int.Parse(Encoding.ASCII.GetString(digits), CultureInfo.InvariantCulture);
    }

    /// <summary>Has the namespace give the id behind this one next. Ids that were asked for by number do not count.</summary>
    public void WriteLastId(int id)
    {
        CallBatch batch = new();
        byte[] digits = Encoding.ASCII.GetBytes(id.ToString(CultureInfo.InvariantCulture));
        batch.Require(
            "pwrite64", SystemCall.WriteAt, LastIdDescriptor, batch.Put(digits), (ulong)digits.Length, 0);
        Injector.RunChecked(_tracee, _memory, batch);
    }

    /// <summary>Sends descriptors to a socket in the namespaces; keeps none of them.</summary>
    public void SendDescriptors(IReadOnlyList<SafeHandle> descriptors, ReadOnlySpan<byte> address)
    {
        const ulong UnixDomain = 1;
        const ulong Datagram = 2;
        int[] numbers = Channel.Send(_tracee, _memory, descriptors);
        CallBatch open = new();
        int socket = open.Require("socket", SystemCall.Socket, UnixDomain, Datagram, 0);
        try
        {
            Injector.RunChecked(_tracee, _memory, open);
            DescriptorChannel.SendFrom(_tracee, _memory, (ulong)open.Result(socket), numbers, address);
        }
        finally
        {
            CallBatch close = new();
            close.Add(SystemCall.CloseRange, LastIdDescriptor + 1, uint.MaxValue, 0);
            Injector.Run(_tracee, _memory, close);
        }
    }

    /// <summary>Fetches the end of a child (by its id in the namespace, -1 for any) if it has ended.</summary>
    public bool TryReap(int namespaceProcessId, out WaitStatus status)
    {
        const ulong NoHang = 1;
        const ulong All = 0x40000000;
        CallBatch batch = new();
        ulong word = batch.Reserve(8);
        int wait = batch.Add(
            SystemCall.WaitForChild, unchecked((ulong)(long)namespaceProcessId), word, NoHang | All, 0);
        Injector.Run(_tracee, _memory, batch);
        status = new WaitStatus(batch.At<int>(word));
        return batch.Result(wait) > 0;
    }

    /// <summary>Ends everything in the namespaces and waits until it is gone.</summary>
    public void End()
    {
        if (_ended)
            return;
        _ended = true;
        _memory.Dispose();
        Channel.Dispose();
        ProcessEnd.Kill(ProcessId);
        ReapConstruction();
        _kept.ForEach(kept => kept.EndWithNamespaces());
        _kept.Clear();
        Left.Forget();
        ProcessEnd.Reap(ProcessId);
        Ended?.Invoke(this);
    }

    public void Dispose() => End();

    private void EndIfDeserted()
    {
        if (!_isOccupied && _kept.Count == 0)
            End();
    }

    /// <summary>A leader can be waited for only after its threads, which came later.</summary>
    private void ReapConstruction()
    {
        for (int i = UnderConstruction.Count - 1; i >= 0; i--)
            ProcessEnd.Reap(UnderConstruction[i].ThreadId);
        UnderConstruction.Clear();
    }

    /// <summary>A child of the init stays a zombie until the init has waited for it, too.</summary>
    private void ReapQuietly(int namespaceId)
    {
        try
        {
            while (!_ended && TryReap(namespaceId, out _))
            {
            }
        }
        catch (ProcessEndedException)
        {
            // The init was killed, and all of the namespaces with it.
        }
    }
}
