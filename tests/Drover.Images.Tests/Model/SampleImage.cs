using System.Text.Json;
using Drover.Images.Format;
using Drover.Images.State;
using Drover.Platform;
using Drover.Platform.State;
using ThreadState = Drover.Platform.State.ThreadState;

namespace Drover.Images.Tests.Model;

/// <summary>A small manifest in which everything occurs, and content that fits it.</summary>
internal static class SampleImage
{
    public const ulong HeapStart = 0x7f00_0000_0000;
    public const ulong FileStart = 0x7f00_0010_0000;
    public const ulong SharedStart = 0x7f00_0020_0000;

    public static readonly ObjectId Utcbs = new(3);
    public static readonly ObjectId Tables = new(4);
    public static readonly ObjectId Shared = new(5);

    private static readonly FileIdentity s_library = new("/lib/libsheep.so", 8192, new string('a', 64));

    public static ImageManifest Manifest { get; } = new()
    {
        Created = new DateTimeOffset(2026, 3, 1, 12, 30, 0, TimeSpan.Zero),
        NodeName = "ecu-a",
        ComponentName = "sheep",
        ImageId = new Guid("0e7c1f6a-52d4-4b0e-9a53-3c1d8f2b6a90"),
        LeftRunning = false,
        Incarnation = 0x1234_5678_9abc_def0,
        Cpu = new CpuRequirements { Features = ["avx2", "sse4_2"], XsaveFeatureBits = 7, XsaveAreaBytes = 576 },
        Process = Process(),
        Domain = Domain(),
        Announcements = [new AnnouncementState { Service = "Flock", Root = new ObjectId(9), Sessions = [new ObjectId(9)], Donations = [new DonationState(new ObjectId(9), 8192, 3)] }],
        Sessions =
        [
            new SessionState
            {
                Service = "Timer",
                Arguments = "label=\"clock\", ram_quota=8K",
                Label = "clock",
                Capability = new ObjectId(6),
                RamUpgradeBytes = 4096,
                CapabilityUpgrade = 2,
                Details = new Dictionary<string, string> { ["periodic"] = "yes" },
            },
        ],
        Launch = new LaunchState
        {
            Executable = "/bin/sheep",
            Arguments = ["sheep", "--count"],
            Environment = ["DOTNET_EnableDiagnostics=0"],
            Roms = [new RomState("libsheep.so", s_library)],
            Limits = new ProcessLimits(64 << 20, 64),
            ReadableFolders = ["/usr/share/sheep"],
        },
    };

    /// <summary>Six stored pages and zeros in a file mapping and in anonymous memory.</summary>
    public static MemoryPages Pages() => new MemoryPages()
        .Add(HeapStart, 1).Add(HeapStart + 0x1000, 2).AddZero(HeapStart + 0x2000).Add(HeapStart + 0x3000, 3)
        .Add(HeapStart + 0x8000, 4)
        .Add(FileStart, 5).AddZero(FileStart + 0x1000);

    public static MemoryPages TableContent() => new MemoryPages().Add(0, 6).Add(0x5000, 7);

    public static async Task WriteAsync(string directory, ImageManifest? manifest = null)
    {
        await using ImageWriter writer = ImageWriter.Begin(directory, new PlainDirectoryFlush());
        writer.WritePages(Pages());
        writer.WriteDataspace(Tables, TableContent());
        writer.WriteDataspace(Shared, new MemoryPages().Add(0x1000, 8));
        await writer.CommitAsync(manifest ?? Manifest);
    }

    public static string Json(ImageManifest manifest) => JsonSerializer.Serialize(manifest, ManifestJson.Manifest);

    private static ProcessState Process() => new()
    {
        Threads =
        [
            Thread(2, "sheep") with { Affinity = [3], PendingSignals = [new byte[128]] },
            Thread(5, "counter") with { BlockedCall = 202, WaitedNanoseconds = 600_000_000, Rseq = new RseqState(HeapStart + 64, 32, 0x53053053, 0) },
            Thread(7, "signals"),
        ],
        Mappings =
        [
            new MappingState
            {
                Start = 0x1000_0000_0000, End = 0x1000_0000_4000, Protection = PageProtection.Read | PageProtection.Write,
                Backing = MappingBacking.Dataspace, DataspaceInode = 71,
            },
            new MappingState
            {
                Start = HeapStart, End = HeapStart + 0x10_0000, Protection = PageProtection.Read | PageProtection.Write,
                Backing = MappingBacking.Anonymous, Name = "[heap]",
            },
            new MappingState
            {
                Start = FileStart, End = FileStart + 0x2000, Protection = PageProtection.Read,
                Backing = MappingBacking.PrivateFile, File = s_library,
            },
            new MappingState
            {
                Start = SharedStart, End = SharedStart + 0x2000, Protection = PageProtection.Read,
                Backing = MappingBacking.Dataspace, DataspaceInode = 73, OffsetBytes = 0x1000,
            },
        ],
        Layout = new MemoryLayoutState(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, [1, 2, 3]),
        SignalActions = [new SignalActionState(10, HeapStart, 4, HeapStart, 0)],
        Descriptors =
        [
            new DescriptorState { Number = 0, Kind = DescriptorKind.Null, StatusFlags = 2, CloseOnExec = false, DescriptionId = 1 },
            new DescriptorState
            {
                Number = 4, Kind = DescriptorKind.Pipe, StatusFlags = 0, CloseOnExec = true, DescriptionId = 2, PipeId = 9,
                PipeCapacityBytes = 65536, Content = [1, 2],
            },
            new DescriptorState
            {
                Number = 5, Kind = DescriptorKind.Epoll, StatusFlags = 0, CloseOnExec = true, DescriptionId = 3,
                Watches = [new EpollWatch(4, 1, ulong.MaxValue)],
            },
        ],
        MonotonicNanoseconds = 12_345_678_901,
        BoottimeNanoseconds = 22_345_678_901,
        NextThreadId = 9,
        ResourceLimits = [new ResourceLimitState(7, 1024, ulong.MaxValue)],
        Processors = [3],
    };

    private static ThreadState Thread(int id, string name) => new()
    {
        ThreadId = id,
        Name = name,
        GeneralRegisters = [.. Enumerable.Range(0, 27 * 8).Select(i => (byte)(i * id))],
        ExtendedState = [.. Enumerable.Range(0, 576).Select(i => (byte)(i / id))],
        SignalMask = 0xffff_ffff_0000_0000,
    };

    private static DomainState Domain() => new()
    {
        Name = "sheep",
        RamQuotaBytes = 128 << 20,
        RamUsedBytes = 20 << 20,
        CapabilityQuota = 200,
        CapabilitiesUsed = 12,
        Objects =
        [
            new ObjectState { Id = new ObjectId(1), Kind = ObjectKind.Parent, Badge = 0xaaaa_0000_0001 },
            new ObjectState { Id = new ObjectId(2), Kind = ObjectKind.PdSession, Badge = 0xaaaa_0000_0002 },
            new ObjectState
            {
                Id = Utcbs, Kind = ObjectKind.Dataspace, Badge = 0, Label = "utcbs",
                Dataspace = new DataspaceState { LengthBytes = 0x4000, Inode = 71 },
            },
            new ObjectState
            {
                Id = Tables, Kind = ObjectKind.Dataspace, Badge = 0xaaaa_0000_0004, Label = "tables",
                Dataspace = new DataspaceState { LengthBytes = 0x10_0000 },
            },
            new ObjectState
            {
                Id = Shared, Kind = ObjectKind.Dataspace, Badge = 0xaaaa_0000_0005,
                Dataspace = new DataspaceState { LengthBytes = 0x4000, Inode = 73 },
            },
            new ObjectState
            {
                Id = new ObjectId(6), Kind = ObjectKind.TimerSession, Badge = 0xaaaa_0000_0006,
                Timer = new TimerState
                {
                    ElapsedNanoseconds = 5, RemainingNanoseconds = 0, OverdueNanoseconds = 400_000, PeriodNanoseconds = 1_000_000_000,
                    Handler = new ObjectId(8),
                },
            },
            new ObjectState { Id = new ObjectId(7), Kind = ObjectKind.SignalSource, Badge = 0xaaaa_0000_0007 },
            new ObjectState
            {
                Id = new ObjectId(8), Kind = ObjectKind.SignalContext, Badge = 0xaaaa_0000_0008,
                SignalContext = new SignalContextState { Source = new ObjectId(7), Imprint = 0xfeed, PendingCount = 3 },
            },
            new ObjectState
            {
                Id = new ObjectId(9), Kind = ObjectKind.Gate, Badge = 0xaaaa_0000_0009, Label = "flock",
                Gate = new GateState { Label = 1, Entrypoint = 0 },
            },
            new ObjectState
            {
                Id = new ObjectId(10), Kind = ObjectKind.Dataspace, Badge = 0xaaaa_0000_000a,
                Dataspace = new DataspaceState { LengthBytes = 8192, ReadOnly = true, RomName = "libsheep.so", RomFile = s_library },
            },
            new ObjectState { Id = new ObjectId(12), Kind = ObjectKind.Revoked, Badge = 0xaaaa_0000_000c, Label = "old flock" },
            new ObjectState
            {
                Id = new ObjectId(11), Kind = ObjectKind.RegionMap, Badge = 0xaaaa_0000_000b,
                RegionMap = new RegionMapState { LengthBytes = 0x8000, FaultHandler = new ObjectId(8) },
            },
            new ObjectState
            {
                Id = new ObjectId(13), Kind = ObjectKind.ManagedDataspace, Badge = 0xaaaa_0000_000d,
                ManagedDataspace = new ManagedDataspaceState { RegionMap = new ObjectId(11) },
            },
            new ObjectState
            {
                Id = new ObjectId(14), Kind = ObjectKind.NativeCapability, Badge = 0xaaaa_0000_000e, Label = "gate 4",
                Foreign = new ForeignState { Kind = ForeignKind.Gate },
            },
            new ObjectState
            {
                Id = new ObjectId(15), Kind = ObjectKind.Dataspace, Badge = 0xaaaa_0000_000f,
                Dataspace = new DataspaceState { LengthBytes = 4096, SharedFrom = "dog" },
            },
        ],
        Capabilities =
        [
            new CapabilityState { Selector = 1, Object = new ObjectId(1), Deliveries = 1, Badge = 0xaaaa_0000_0001 },
            new CapabilityState { Selector = 2, Object = new ObjectId(2), Deliveries = 1, Badge = 0xaaaa_0000_0002 },
            new CapabilityState { Selector = 5, Object = new ObjectId(9), Deliveries = 2, Badge = 0xaaaa_0000_0009 },
            new CapabilityState { Selector = 1_048_575, Object = new ObjectId(6), Deliveries = 1, Badge = 0xaaaa_0000_0006 },
        ],
        Attachments =
        [
            new AttachmentState
            {
                Number = 1, Dataspace = Shared, Address = SharedStart, OffsetBytes = 0x1000, LengthBytes = 0x2000,
                Rights = PageProtection.Read,
            },
            new AttachmentState
            {
                Number = 2, Dataspace = Shared, RegionMap = new ObjectId(11), Address = 0x4000, OffsetBytes = 0, LengthBytes = 0x4000,
                Rights = PageProtection.Read | PageProtection.Write,
            },
        ],
        IpcThreads =
        [
            new IpcThreadState
            {
                ThreadId = 2, UtcbSlot = 0, Generation = 1, Sequence = 17, Call = 3329, Phase = IpcPhase.Answered, Answer = 0x10008, AnswerAttachment = 2,
                IsServing = false, ArrivedGateBadge = 0, ArrivedCapabilities = [new ArrivedCapability(1, 0x7_0000_0001)],
            },
            new IpcThreadState
            {
                ThreadId = 5, UtcbSlot = 3, Generation = 4, Sequence = 8, Call = 3330, Phase = IpcPhase.Waiting, Entrypoint = 0,
                IsServing = true, ServedSlot = 0, ServedDomainBadge = 0xaaaa_0000_0044, ServedSequence = 12, ArrivedGateBadge = 0x7_0000_0002, ArrivedCapabilities = [],
            },
            new IpcThreadState
            {
                ThreadId = 7, UtcbSlot = 2, Generation = 0, Sequence = 3, Call = 3331, Phase = IpcPhase.WaitingForSignal, SignalSource = new ObjectId(7),
                IsServing = false, ArrivedGateBadge = 0, ArrivedCapabilities = [],
            },
        ],
        LastAttachment = 2,
        UtcbAreaLengthBytes = 0x4000,
        UtcbDataspace = Utcbs,
        TableDataspace = Tables,
    };
}
