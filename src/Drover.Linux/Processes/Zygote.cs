using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>A process with nothing in it but the stub, from which all namespaces' inits are cloned.</summary>
/// <remarks>Used on the tracer thread only. It never runs anything but injected calls.</remarks>
internal sealed unsafe class Zygote : IDisposable
{
    private const int Options = Ptrace.OptionKillOnExit | Ptrace.OptionFork;

    private const int FirstFree = NamespaceInit.LastIdDescriptor + 1;
    private const string LastIdFile = "/proc/sys/kernel/ns_last_pid";

    private readonly Tracee _tracee;
    private readonly ProcessMemory _memory;
    private readonly DescriptorChannel _channel;
    private readonly ProcessorSet _processors;

    private Zygote(Tracee tracee, ProcessMemory memory, DescriptorChannel channel, ProcessorSet processors)
    {
        _processors = processors;
        _tracee = tracee;
        _memory = memory;
        _channel = channel;
    }

    public static Zygote Start(ProcessorSet processors)
    {
        DescriptorChannel channel = DescriptorChannel.Create(out SafeFileDescriptor farEnd);
        int processId = 0;
        try
        {
            using (farEnd)
            {
                using SafeFileDescriptor program = WriteProgram();
                using SafeFileDescriptor nothing = SafeFileDescriptor.Open("/dev/null", OpenFlags.ReadWrite);
                processId = Spawn($"/proc/self/fd/{program.Number}", farEnd, nothing);
                Tracee tracee = new(processId);
                if (!Tracee.TrySeize(processId, Options))
                    throw new ProcessEndedException(processId);
                tracee.Interrupt();
                tracee.WaitForEventStop();
                processors.Confine(processId);
                return new Zygote(tracee, MoveToStub(tracee), channel, processors);
            }
        }
        catch
        {
            // Closing the channel ends a zygote that is not traced yet.
            channel.Dispose();
            if (processId != 0)
                ProcessEnd.KillAndReap(processId);
            throw;
        }
    }

    /// <summary>Makes the init of a fresh set of namespaces, stopped.</summary>
    public NamespaceInit CreateInit(TracerThread tracer)
    {
        CallBatch batch = new();
        ulong arguments = batch.Put(new CloneArguments
        {
            Flags = CloneFlags.NewUser | CloneFlags.NewProcessIds | CloneFlags.NewMounts | CloneFlags.NewNetwork
                | CloneFlags.NewIpc | CloneFlags.NewHostName | CloneFlags.NewCgroup
                | CloneFlags.Parent | CloneFlags.Traced,
        });
        int clone = batch.Require("clone3", SystemCall.Clone3, arguments, (ulong)sizeof(CloneArguments));
        Injector.RunChecked(_tracee, _memory, batch);
        int processId = (int)batch.Result(clone);
        try
        {
            Tracee init = new(processId);
            init.WaitForEventStop();
            return new NamespaceInit(tracer, init, new ProcessMemory(processId), _channel.Duplicate(), _processors);
        }
        catch
        {
            ProcessEnd.KillAndReap(processId);
            throw;
        }
    }

    public void Dispose()
    {
        _memory.Dispose();
        _channel.Dispose();
        ProcessEnd.KillAndReap(_tracee.ThreadId);
    }

    private static SafeFileDescriptor WriteProgram()
    {
        SafeFileDescriptor file = SafeFileDescriptor.Adopt(
            Libc.MemfdCreate("drover-stub", MemfdFlags.CloseOnExec | MemfdFlags.Executable), "memfd_create");
        byte[] program = StubElf.Build();
        fixed (byte* start = program)
            LinuxException.Check(Libc.Write(file, start, (nuint)program.Length), "write");
        return file;
    }

    /// <summary>Descriptors 0, 1 and 2 are /dev/null, for all that come of the zygote; 3 is the channel, 4 the id counter.</summary>
    private static int Spawn(string path, SafeFileDescriptor channel, SafeFileDescriptor nothing)
    {
        const short SetDefault = 4;
        const short SetMask = 8;
        byte* actions = stackalloc byte[512]; // posix_spawn_file_actions_t has 80 bytes, posix_spawnattr_t 336
        byte* attributes = stackalloc byte[512];
        byte* none = stackalloc byte[128];
        byte* all = stackalloc byte[128];
        new Span<byte>(none, 128).Clear();
        new Span<byte>(all, 128).Fill(0xff);
        ThrowOnError(Libc.SpawnActionsInitialise(actions), "posix_spawn_file_actions_init");
        ThrowOnError(Libc.SpawnAttributesInitialise(attributes), "posix_spawnattr_init");
        try
        {
            // Copies with higher numbers, so that none is overwritten before its turn.
            using SafeFileDescriptor lastId = SafeFileDescriptor.Open(LastIdFile, OpenFlags.ReadWrite);
            using SafeFileDescriptor highLastId = lastId.Duplicate(FirstFree);
            using SafeFileDescriptor highChannel = channel.Duplicate(FirstFree);
            using SafeFileDescriptor highNothing = nothing.Duplicate(FirstFree);
            SafeFileDescriptor[] order = [highChannel, highLastId, highNothing, highNothing, highNothing];
            int[] numbers = [DescriptorChannel.StubDescriptor, NamespaceInit.LastIdDescriptor, 0, 1, 2];
            for (int i = 0; i < order.Length; i++)
            {
                ThrowOnError(
                    Libc.SpawnActionsDuplicate(actions, order[i], numbers[i]), "posix_spawn_file_actions_adddup2");
            }
            ThrowOnError(Libc.SpawnAttributesSetFlags(attributes, SetDefault | SetMask), "posix_spawnattr_setflags");
            ThrowOnError(Libc.SpawnAttributesSetMask(attributes, none), "posix_spawnattr_setsigmask");
            ThrowOnError(Libc.SpawnAttributesSetDefault(attributes, all), "posix_spawnattr_setsigdefault");
            fixed (byte* name = Encoding.ASCII.GetBytes("drover-stub\0"))
            {
                byte** arguments = stackalloc byte*[] { name, null };
                byte** environment = stackalloc byte*[] { null };
                ThrowOnError(
                    Libc.Spawn(out int processId, path, actions, attributes, arguments, environment), "posix_spawn");
                return processId;
            }
        }
        finally
        {
            _ = Libc.SpawnActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
        }
    }

    /// <summary>These functions return the error instead of setting errno.</summary>
    private static void ThrowOnError(int error, string call)
    {
        if (error != 0)
            throw new LinuxException(call, error);
    }

    /// <summary>Maps the stub's pages, then drops everything else: the program itself, its stack, the vDSO.</summary>
    private static ProcessMemory MoveToStub(Tracee tracee)
    {
        ProcessMemory memory = new(tracee.ThreadId);
        try
        {
            // The kernel maps 128 KiB below the initial stack pointer; half of that is the first table.
            ulong table = (tracee.GetRegisters().Rsp - 0x10000) & ~(PageMath.PageBytes - 1);
            CallBatch first = new(table, (int)PageMath.PageBytes);
            StubMapping.Add(first);
            Injector.Run(tracee, memory, first, StubElf.CodeAddress);
            first.ThrowOnFailure();
            memory.WriteForced(StubLayout.CodeAddress, StubCode.Bytes);
            CallBatch second = new();
            second.Require(
                "munmap", SystemCall.MemoryUnmap, StubLayout.End, PageMath.UserEnd - StubLayout.End);
            second.Require("prctl", SystemCall.ProcessControl, Prctl.SetName, second.Put("drover-stub\0"u8));
            // Not a directory of the node's: pivot_root(2) moves only those whose directory is the old root.
            second.Require("chdir", SystemCall.ChangeDirectory, second.Put("/\0"u8));
            second.Require("close_range", SystemCall.CloseRange, FirstFree, uint.MaxValue, 0);
            Injector.RunChecked(tracee, memory, second);
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }
}
