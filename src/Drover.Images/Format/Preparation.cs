using Drover.Images.State;
using Drover.Platform;
using Drover.Platform.State;
using ThreadState = Drover.Platform.State.ThreadState;

namespace Drover.Images.Format;

/// <summary>A manifest of one of each, to have the code for manifests compiled before a component waits for it.</summary>
internal static class Preparation
{
    private static readonly FileIdentity s_file = new("/file", 1, new string('0', 64));

    public static void Run()
    {
        byte[] page = new byte[4 * ImageFormat.PageBytes];
        uint[] checksums = new uint[4];
        PageChecksum.Compute(page, checksums);
        var segment = new Segment(0, SegmentKind.Stored, 0x10_0000, 4, 0);
        byte[] file = ManifestCodec.Encode("", Sample(), new ContentIndex([segment], checksums), ContentIndex.Empty);
        DecodedManifest decoded = ManifestCodec.Decode("", file);
        ManifestValidation.Check("", decoded.Manifest);
        new IndexValidation("", decoded.Pages, 0).CheckPages(decoded.Manifest.Process.Mappings);
        new IndexValidation("", decoded.Dataspaces, 0).CheckDataspaces(decoded.Manifest.Domain.Objects);
    }

    private static ImageManifest Sample() => new()
    {
        Created = DateTimeOffset.UnixEpoch,
        NodeName = "node",
        ComponentName = "component",
        ImageId = new Guid("00000000-0000-0000-0000-000000000001"),
        Incarnation = 1,
        Cpu = new CpuRequirements { Features = ["sse2"], XsaveFeatureBits = 3, XsaveAreaBytes = 576 },
        Process = Process(),
        Domain = Domain(),
        Sessions = [new SessionState { Service = "Timer", Arguments = "", Capability = new ObjectId(5), Details = new Dictionary<string, string> { ["a"] = "b" } }],
        Announcements = [new AnnouncementState { Service = "a", Root = new ObjectId(2), Sessions = [new ObjectId(2)] }],
        Launch = new LaunchState
        {
            Executable = "/file",
            Arguments = ["a"],
            Environment = ["a=b"],
            Roms = [new RomState("file", s_file)],
            Limits = new ProcessLimits(1, 1),
        },
    };

    private static ProcessState Process() => new()
    {
        Threads = [new ThreadState { ThreadId = 2, Name = "", GeneralRegisters = new byte[216], ExtendedState = new byte[576], SignalMask = 0 }],
        Mappings =
        [
            new MappingState { Start = 0x10_0000, End = 0x20_0000, Protection = PageProtection.Read, Backing = MappingBacking.PrivateFile, File = s_file },
        ],
        Layout = new MemoryLayoutState(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, [0]),
        SignalActions = [new SignalActionState(1, 0, 0, 0, 0)],
        Descriptors =
        [
            new DescriptorState
            {
                Number = 0, Kind = DescriptorKind.Epoll, StatusFlags = 0, CloseOnExec = true, DescriptionId = 0, Watches = [new EpollWatch(0, 0, 0)],
            },
        ],
        MonotonicNanoseconds = 0,
        BoottimeNanoseconds = 0,
        ResourceLimits = [new ResourceLimitState(0, 0, 0)],
    };

    private static DomainState Domain() => new()
    {
        Name = "",
        RamQuotaBytes = 1 << 20,
        RamUsedBytes = 0,
        CapabilityQuota = 10,
        CapabilitiesUsed = 0,
        Objects =
        [
            new ObjectState { Id = new ObjectId(1), Kind = ObjectKind.Dataspace, Badge = 1, Dataspace = new DataspaceState { LengthBytes = 4096 } },
            new ObjectState { Id = new ObjectId(6), Kind = ObjectKind.Dataspace, Badge = 0, Dataspace = new DataspaceState { LengthBytes = 4096 } },
            new ObjectState { Id = new ObjectId(2), Kind = ObjectKind.Gate, Badge = 2, Gate = new GateState { Label = 1, Entrypoint = 0 } },
            new ObjectState { Id = new ObjectId(3), Kind = ObjectKind.SignalSource, Badge = 3 },
            new ObjectState
            {
                Id = new ObjectId(4), Kind = ObjectKind.SignalContext, Badge = 4,
                SignalContext = new SignalContextState { Source = new ObjectId(3), Imprint = 0 },
            },
            new ObjectState
            {
                Id = new ObjectId(5), Kind = ObjectKind.TimerSession, Badge = 5,
                Timer = new TimerState { ElapsedNanoseconds = 0, RemainingNanoseconds = 0, Handler = new ObjectId(4) },
            },
        ],
        Capabilities = [new CapabilityState { Selector = 1, Object = new ObjectId(1), Deliveries = 1, Badge = 1 }],
        Attachments =
        [
            new AttachmentState
            {
                Number = 1, Dataspace = new ObjectId(1), Address = 0x10_0000, OffsetBytes = 0, LengthBytes = 4096, Rights = PageProtection.Read,
            },
        ],
        LastAttachment = 1,
        IpcThreads =
        [
            new IpcThreadState
            {
                ThreadId = 2, UtcbSlot = 0, Generation = 0, Sequence = 0, Call = 0, Phase = IpcPhase.Idle, IsServing = false,
                ArrivedGateBadge = 0, ArrivedCapabilities = [new ArrivedCapability(1, 1)],
            },
        ],
        UtcbAreaLengthBytes = 4096,
        UtcbDataspace = new ObjectId(6),
        TableDataspace = new ObjectId(1),
    };
}
