using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;
using Drover.Linux.Userfault;
using Drover.Platform;

namespace Drover.Linux.Processes;

/// <summary>Builds the process of a <see cref="LaunchRequest"/>. Used on the tracer thread only.</summary>
internal static class ProcessLauncher
{
    public static ProcessParts Launch(Zygote zygote, LaunchRequest request)
    {
        using SafeFileDescriptor program = SafeFileDescriptor.Open(request.Executable, OpenFlags.ReadOnly);
        NamespaceInit init = zygote.CreateInit();
        ProcessMemory? memory = null;
        try
        {
            ClockOffsets clocks = ClockOffsets.OfNode;
            init.Prepare();
            init.CreateTimeNamespace(clocks).Dispose();
            Tracee leader = init.Spawn(NamespaceInit.ComponentId);
            using (ProcessMemory before = new(leader.ThreadId))
                Load(init, leader, before, program, request);
            memory = new ProcessMemory(leader.ThreadId);
            init.LeaveHostFiles();
            (SafeFileDescriptor listener, UserfaultDescriptor userfault) = Furnish(init, leader, memory, request);
            return new ProcessParts(init, leader, NamespaceInit.ComponentId, memory, listener, clocks) { Userfault = userfault };
        }
        catch
        {
            memory?.Dispose();
            init.Dispose();
            throw;
        }
    }

    private static void Load(
        NamespaceInit init, Tracee leader, ProcessMemory memory, SafeFileDescriptor program, LaunchRequest request)
    {
        int descriptor = init.Channel.Send(leader, memory, [program])[0];
        CallBatch batch = new();
        Confinement.AddPrivilegeDrop(batch);
        ResourceLimits.Add(batch, request.Limits);
        Injector.RunChecked(leader, memory, batch);
        ProgramLoader.Execute(leader, memory, descriptor, request.Arguments, request.Environment);
    }

    /// <summary>Stub, mappings, descriptors, filter; leaves the registers as the kernel set them for the program.</summary>
    private static (SafeFileDescriptor Listener, UserfaultDescriptor Userfault) Furnish(
        NamespaceInit init, Tracee leader, ProcessMemory memory, LaunchRequest request)
    {
        leader.SetOptions(Ptrace.OptionKillOnExit);
        ProgramLoader.MapStub(leader, memory);
        UserRegisters entry = leader.GetRegisters();
        ProgramLoader.RemoveKernelPages(leader, memory, MapsEntry.Of(leader.ThreadId));
        List<SafeHandle> needed = [];
        foreach (InitialMapping mapping in request.Mappings)
            needed.Add(mapping.Protection.HasFlag(Platform.State.PageProtection.Write)
                ? mapping.Memory.Descriptor
                : mapping.Memory.ReadOnlyDescriptor);
        int[] numbers = init.Channel.Send(leader, memory, needed);

        CallBatch batch = new();
        for (int i = 0; i < request.Mappings.Count; i++)
        {
            InitialMapping mapping = request.Mappings[i];
            batch.Require(
                "mmap", SystemCall.MemoryMap, mapping.Address, mapping.Memory.LengthBytes,
                (ulong)mapping.Protection, MapFlags.Shared | MapFlags.FixedNoReplace, (ulong)numbers[i], 0);
        }
        StubMapping.AddSeal(batch);
        Injector.RunChecked(leader, memory, batch);

        SafeFileDescriptor listener = Confinement.InstallFilter(
            leader, memory, init.Channel, request.PrivateCalls, NamespaceInit.ComponentId);
        UserfaultDescriptor? userfault = null;
        try
        {
            userfault = UserfaultDescriptor.Create(leader, memory, init.Channel);
            CallBatch last = new();
            last.Require("close_range", SystemCall.CloseRange, DescriptorChannel.StubDescriptor, uint.MaxValue, 0);
            Injector.RunChecked(leader, memory, last);
            leader.SetRegisters(entry);
            leader.SetSignalMask(0);
            return (listener, userfault);
        }
        catch
        {
            userfault?.Dispose();
            listener.Dispose();
            throw;
        }
    }
}
