using System.Buffers.Binary;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Memory;
using Drover.Core.State;
using Drover.Core.Tests.Fakes;
using Drover.Fuzz.Machine;
using Drover.Fuzz.Tables;
using Drover.Images;
using Drover.Monitor;
using Drover.Monitor.Checkpoint;
using Drover.Platform.State;

namespace Drover.Fuzz.Images;

/// <summary>Makes the images that are damaged: of a component that has something of everything, by the real checkpoint.</summary>
internal sealed class ImageSource
{
    private const ulong SharedStart = 0x7f00_1000_0000;
    private const ulong FileStart = 0x7f00_2000_0000;
    private const int PageBytes = 4096;

    private readonly FuzzNode _node = new("source", 0x1111);
    private readonly SheepServer _shepherd;
    private readonly MonitoredComponent _component;
    private readonly FuzzProcess _process;
    private Dataspace _shared = null!; // set when the objects are made

    /// <param name="module">A file to be a ROM module and to be mapped.</param>
    public ImageSource(string module)
    {
        _shepherd = new SheepServer(_node);
        _component = _node.Launch("victim", new Dictionary<string, string> { ["greeting"] = module });
        _process = _node.LastProcess;
        FakeThread leader = _node.Thread(_component, _process);
        OpenSessions(leader);
        MakeObjects(leader, module);
        LeaveThreads(leader);
        TableWriter.Keep(_component);
    }

    public void Write(string directory, bool compress = false, string? upon = null)
    {
        using ImageReader? parent = upon is null ? null : ImageReader.Open(upon);
        CheckpointOrder order = new(directory, LeaveRunning: true) { Compress = compress, Parent = parent };
        _node.Monitor.CheckpointAsync(_component, order, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>With the component whose service it uses.</summary>
    public void WriteGroup(string directory)
    {
        _shepherd.KeepTables();
        _node.Monitor.CheckpointGroupAsync([_component, _shepherd.Component], new CheckpointOrder(directory, LeaveRunning: true), CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>Writes some of the memory, drops some and takes some more, so that a delta image has of everything.</summary>
    public void GoOn(byte mark)
    {
        _process.Pages[FuzzProcess.HeapStart] = [.. Enumerable.Repeat(mark, PageBytes)];
        _process.Pages[FuzzProcess.HeapStart + ((ulong)(1 + (mark % 8)) * PageBytes)] = [.. Enumerable.Repeat((byte)(mark % 2), PageBytes)];
        _process.Pages.Remove(FuzzProcess.HeapStart + ((ulong)(1 + ((mark + 5) % 8)) * PageBytes));
        if (!_shared.TryLease(out DataspaceLease? lease))
            throw new InvalidOperationException("the dataspace is gone");
        using (lease)
            lease.Memory.Span((ulong)(mark % 4) * PageBytes, PageBytes).Fill(mark);
    }

    private static void OpenSessions(FakeThread thread)
    {
        IParent parent = FuzzNode.Parent(thread);
        Capability<IObject> log = Opened(parent.Session("LOG", "prefix", default));
        ComponentCapability.Of<ILogSession>(thread, FuzzNode.SelectorOf(log)).Client.Write("half a li");
        Capability<IObject> rom = Opened(parent.Session("ROM", "greeting", default));
        ComponentCapability.Of<IRomSession>(thread, FuzzNode.SelectorOf(rom)).Client.Dataspace();
        Opened(parent.Session(SheepServer.Service, "wool", new Donation(8192, 3)));
    }

    private void MakeObjects(FakeThread thread, string module)
    {
        IPdSession pd = ComponentCapability.Of<IPdSession>(thread, WellKnownSelectors.Pd).Client;
        IRmSession rm = ComponentCapability.Of<IRmSession>(thread, WellKnownSelectors.Rm).Client;
        IParent parent = FuzzNode.Parent(thread);
        pd.CapabilitySpaceDataspace();
        Capability<IDataspace> memory = pd.AllocateDataspace(4 * PageBytes).Value;
        rm.Attach(memory, PageBytes, 2 * PageBytes, SharedStart, AttachRights.Read | AttachRights.Write);
        pd.AllocateDataspace(PageBytes);
        Capability<ISignalSource> source = pd.CreateSignalSource().Value;
        Capability<ISignalContext> context = pd.CreateSignalContext(source, 0xfeed).Value;
        context.Client.Submit(3);
        Capability<IObject> timer = Opened(parent.Session("Timer", "", default));
        ITimerSession clock = ComponentCapability.Of<ITimerSession>(thread, FuzzNode.SelectorOf(timer)).Client;
        clock.SetHandler(context);
        clock.TriggerPeriodic(400_000);
        Capability<IObject> root = pd.CreateGate(2, 1).Value;
        pd.CreateGate(0, 7);
        parent.Announce("Wolves", ComponentCapability.Of<IRoot>(thread, FuzzNode.SelectorOf(root)));
        Map(rm, module);
    }

    /// <summary>What the kernel would say is mapped.</summary>
    private void Map(IRmSession rm, string module)
    {
        Dataspace shared = _shared = _component.Domain.Describe().Attachments.Select(attachment => (Dataspace)_component.Domain.OwnedObject(attachment.DataspaceBadge)!).Single();
        if (shared.TryLease(out DataspaceLease? lease))
        {
            using (lease)
                lease.Memory.Span(PageBytes, PageBytes).Fill(0x42);
        }

        FileIdentity file = _node.Machine.Identify(module, null);
        _process.State = _process.State with
        {
            Mappings =
            [
                .. _process.State.Mappings,
                new MappingState { Start = SharedStart, End = SharedStart + (2 * PageBytes), Protection = PageProtection.Read | PageProtection.Write, Backing = MappingBacking.Dataspace, DataspaceInode = shared.Inode, OffsetBytes = PageBytes },
                new MappingState { Start = FileStart, End = FileStart + PageBytes, Protection = PageProtection.Read, Backing = MappingBacking.PrivateFile, File = file },
                new MappingState { Start = FileStart + PageBytes, End = FileStart + (2 * PageBytes), Protection = PageProtection.Read, Backing = MappingBacking.SharedFile, File = file },
            ],
            Descriptors =
            [
                .. _process.State.Descriptors,
                new DescriptorState { Number = 11, Kind = DescriptorKind.File, StatusFlags = 0, CloseOnExec = true, DescriptionId = 8, File = file },
                new DescriptorState { Number = 12, Kind = DescriptorKind.Dataspace, StatusFlags = 2, CloseOnExec = true, DescriptionId = 9, DataspaceInode = shared.Inode },
            ],
        };
        _process.Pages[FileStart] = [.. Enumerable.Repeat((byte)9, PageBytes)];
        _ = rm;
    }

    /// <summary>One thread in each state that an image knows.</summary>
    private void LeaveThreads(FakeThread leader)
    {
        List<FakeThread> threads = [leader];
        FakeThread server = Add(threads);
        DomainState state = _component.Domain.Describe();
        ulong badge = state.Gates.Single(owned => owned.Label == 7).Badge;
        uint gate = state.CapabilitySpace.Single(slot => slot.Badge == badge).Selector;
        server.Wait(0);
        Add(threads).Call(gate, 1); // served by the server: calling inside
        Add(threads).Wait(3);
        uint source = _component.Domain.Describe().CapabilitySpace.First(slot => slot.Kind == Drover.Core.Capabilities.KernelObjectKind.SignalSource).Selector;
        Add(threads).SignalWait(source); // takes what is pending
        Add(threads).SignalWait(source); // waits
        _process.State = _process.State with { Threads = [.. threads.Select(thread => FuzzProcess.ThreadOf(thread.HostThreadId))], NextThreadId = 5000 };
    }

    private FakeThread Add(List<FakeThread> threads)
    {
        FakeThread thread = _node.Thread(_component, _process);
        threads.Add(thread);
        return thread;
    }

    private static Capability<IObject> Opened(Drover.Contracts.Attempt<Capability<IObject>, SessionError> attempt) => attempt.Value;
}
