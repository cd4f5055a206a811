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
    public static ProcessParts Launch(TracerThread tracer, Zygote zygote, LaunchRequest request)
    {
        using SafeFileDescriptor program = SafeFileDescriptor.Open(request.Executable, OpenFlags.ReadOnly);
        NamespaceInit init = zygote.CreateInit(tracer);
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
            UserRegisters entry = MapMemory(init, leader, memory, request);
            KeptProcess anchor = KeptProcess.Anchor(tracer, init, leader, memory);
            (SafeFileDescriptor listener, UserfaultDescriptor userfault) = Confine(init, leader, memory, request);
            leader.SetRegisters(entry);
            leader.SetSignalMask(0);
            return new ProcessParts(init, leader, NamespaceInit.ComponentId, memory, listener, clocks)
            {
                Userfault = userfault,
                Anchor = anchor,
            };
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
        // It keeps its rights until its memory has an anchor; nothing of the program runs before it has lost them.
        ResourceLimits.AddForMemory(batch, request.Limits);
        Injector.RunChecked(leader, memory, batch);
        ProgramLoader.Execute(leader, memory, descriptor, request.Arguments, request.Environment);
    }

    /// <summary>Stub and mappings. Gives the registers as the kernel set them for the program.</summary>
    private static UserRegisters MapMemory(
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
        // What the anchor has open stays open with it.
        batch.Require("close_range", SystemCall.CloseRange, NamespaceInit.LastIdDescriptor, uint.MaxValue, 0);
        Injector.RunChecked(leader, memory, batch);
        return entry;
    }

    /// <summary>Takes away rights and descriptors, and installs the filter.</summary>
    private static (SafeFileDescriptor Listener, UserfaultDescriptor Userfault) Confine(
        NamespaceInit init, Tracee leader, ProcessMemory memory, LaunchRequest request)
    {
        CallBatch rights = new();
        Confinement.AddPrivilegeDrop(rights);
        ResourceLimits.Add(rights, request.Limits);
        Confinement.AddCapabilityDrop(rights);
        Injector.RunChecked(leader, memory, rights);
        SafeFileDescriptor listener = Confinement.InstallFilter(
            leader, memory, init.Channel, request.PrivateCalls, NamespaceInit.ComponentId);
        UserfaultDescriptor? userfault = null;
        try
        {
            userfault = UserfaultDescriptor.Create(leader, memory, init.Channel);
            CallBatch last = new();
            last.Require("close_range", SystemCall.CloseRange, DescriptorChannel.StubDescriptor, uint.MaxValue, 0);
            Injector.RunChecked(leader, memory, last);
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
