using System.Text.Json;
using System.Text.Json.Nodes;
using Drover.Images.State;
using Drover.Images.Tests.Model;
using Drover.Platform.State;
using ThreadState = Drover.Platform.State.ThreadState;

namespace Drover.Images.Tests;

/// <summary>Manifests that contradict themselves. The writer refuses to make the image, so that the reader's check, which is
/// the same, is seen too.</summary>
public sealed class ManifestTests : IDisposable
{
    private static readonly ImageManifest s_good = SampleImage.Manifest;

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string, Func<ImageManifest, ImageManifest>> Contradictions { get; } = new()
    {
        { "domain.capabilities[1].selector", m => Capability(m, 1, c => c with { Selector = 1 }) },
        { "domain.capabilities[2].selector", m => Capability(m, 2, c => c with { Selector = 1 }) },
        { "domain.capabilities[0].selector", m => Capability(m, 0, c => c with { Selector = 0 }) },
        { "domain.capabilities[3].selector", m => Capability(m, 3, c => c with { Selector = 1 << 20 }) },
        { "domain.capabilities[3].selector", m => Capability(m, 3, c => c with { Selector = uint.MaxValue }) },
        { "domain.capabilities[0].object", m => Capability(m, 0, c => c with { Object = new ObjectId(99) }) },
        { "domain.capabilities[0].object", m => Capability(m, 0, c => c with { Object = default }) },
        { "domain.capabilities[0].badge", m => Capability(m, 0, c => c with { Badge = 0xaaaa_0000_0002 }) },
        { "domain.capabilities[0].deliveries", m => Capability(m, 0, c => c with { Deliveries = 0 }) },
        { "domain.capabilities[0].deliveries", m => Capability(m, 0, c => c with { Deliveries = 1UL << 32 }) },
        { "domain.objects[1].id", m => Object(m, 1, o => o with { Id = new ObjectId(1) }) },
        { "domain.objects[0].id", m => Object(m, 0, o => o with { Id = default }) },
        { "domain.objects[1].badge", m => Object(m, 1, o => o with { Badge = 0xaaaa_0000_0001 }) },
        { "domain.objects[0].kind", m => Object(m, 0, o => o with { Kind = (ObjectKind)200 }) },
        { "domain.objects[8].gate", m => Object(m, 8, o => o with { Gate = null }) },
        { "domain.objects[0].gate", m => Object(m, 0, o => o with { Gate = new GateState { Label = 1, Entrypoint = 0 } }) },
        { "domain.objects[0].timer", m => Object(m, 0, o => o with { Timer = new TimerState { ElapsedNanoseconds = 0 } }) },
        { "domain.objects[8].gate.entrypoint", m => Object(m, 8, o => o with { Gate = new GateState { Label = 1, Entrypoint = 64 } }) },
        { "domain.objects[7].signalContext.source", m => Object(m, 7, o => o with { SignalContext = o.SignalContext! with { Source = new ObjectId(1) } }) },
        { "domain.objects[5].timer.handler", m => Object(m, 5, o => o with { Timer = o.Timer! with { Handler = new ObjectId(7) } }) },
        { "process.threads[1].waitedNanoseconds", m => m with { Process = m.Process with { Threads = [m.Process.Threads[0], m.Process.Threads[1] with { WaitedNanoseconds = -1 }, m.Process.Threads[2]] } } },
        { "process.threads[1].waitedNanoseconds", m => m with { Process = m.Process with { Threads = [m.Process.Threads[0], m.Process.Threads[1] with { BlockedCall = -1 }, m.Process.Threads[2]] } } },
        { "domain.objects[5].timer.remainingNanoseconds", m => Object(m, 5, o => o with { Timer = o.Timer! with { RemainingNanoseconds = 1 } }) },
        { "domain.objects[5].timer.remainingNanoseconds", m => Object(m, 5, o => o with { Timer = o.Timer! with { RemainingNanoseconds = null } }) },
        { "domain.objects[11].regionMap.faultHandler", m => Object(m, 11, o => o with { RegionMap = o.RegionMap! with { FaultHandler = new ObjectId(99) } }) },
        { "domain.objects[4].dataspace.lengthBytes", m => Dataspace(m, 4, d => d with { LengthBytes = 0 }) },
        { "domain.objects[4].dataspace.lengthBytes", m => Dataspace(m, 4, d => d with { LengthBytes = ulong.MaxValue }) },
        { "domain.objects[4].dataspace.inode", m => Dataspace(m, 4, d => d with { Inode = 71 }) },
        { "domain.objects[9].dataspace", m => Dataspace(m, 9, d => d with { RomFile = null }) },
        { "process.mappings[3].dataspaceInode", m => Dataspace(m, 4, d => d with { Inode = 99 }) },
        { "process.mappings[3]", m => Dataspace(m, 4, d => d with { LengthBytes = 0x2000 }) },
        { "process.mappings[0].protection", m => Dataspace(m, 2, d => d with { ReadOnly = true }) },
        { "domain.attachments[1].rights", m => Dataspace(m, 4, d => d with { ReadOnly = true }) },
        { "domain.attachments[1].number", m => Attachment(m, 1, a => a with { Number = 1 }) },
        { "domain.attachments[0].number", m => Attachment(m, 0, a => a with { Number = 0 }) },
        { "domain.attachments[0].address", m => Attachment(m, 0, a => a with { Address = 0xffff_8000_0000_0000 }) },
        { "domain.attachments[0].address", m => Attachment(m, 0, a => a with { Address = a.Address + 1 }) },
        { "domain.attachments[0].lengthBytes", m => Attachment(m, 0, a => a with { LengthBytes = 0 }) },
        { "domain.attachments[0].lengthBytes", m => Attachment(m, 0, a => a with { LengthBytes = ulong.MaxValue & ~0xffful }) },
        { "domain.attachments[0].offsetBytes", m => Attachment(m, 0, a => a with { OffsetBytes = 0x3000 }) },
        { "domain.attachments[0].offsetBytes", m => Attachment(m, 0, a => a with { OffsetBytes = ulong.MaxValue & ~0xffful }) },
        { "domain.attachments[0].dataspace", m => Attachment(m, 0, a => a with { Dataspace = new ObjectId(1) }) },
        { "domain.attachments[0].rights", m => Attachment(m, 0, a => a with { Rights = (PageProtection)8 }) },
        { "domain.objects[11].regionMap.faultHandler", m => Object(m, 11, o => o with { RegionMap = o.RegionMap! with { FaultHandler = new ObjectId(9) } }) },
        { "domain.objects[11].regionMap", m => m with { Domain = m.Domain with { Objects = [.. m.Domain.Objects.Take(12)] } } },
        { "domain.objects[12].managedDataspace", m => Object(m, 12, o => o with { ManagedDataspace = null }) },
        { "domain.objects[12].managedDataspace.regionMap", m => Object(m, 12, o => o with { ManagedDataspace = new ManagedDataspaceState { RegionMap = new ObjectId(9) } }) },
        { "domain.objects[15].managedDataspace.regionMap", m => m with { Domain = m.Domain with { Objects = [.. m.Domain.Objects, m.Domain.Objects[12] with { Id = new ObjectId(16), Badge = 1 }] } } },
        { "domain.attachments[1].regionMap", m => Attachment(m, 1, a => a with { RegionMap = new ObjectId(1) }) },
        { "domain.attachments[1].address", m => Attachment(m, 1, a => a with { Address = 0x8000 }) },
        { "domain.attachments", m => Attachment(m, 1, a => a with { Dataspace = new ObjectId(11) }) },
        { "domain.attachments[1].regionMap", m => m with { Domain = m.Domain with { Attachments = [.. m.Domain.Attachments.Reverse()] } } },
        { "domain.utcbDataspace", m => m with { Domain = m.Domain with { UtcbDataspace = new ObjectId(9) } } },
        { "domain.utcbAreaLengthBytes", m => m with { Domain = m.Domain with { UtcbAreaLengthBytes = 0x5000 } } },
        { "domain.tableDataspace", m => m with { Domain = m.Domain with { TableDataspace = new ObjectId(9) } } },
        { "domain.ipcThreads[1].threadId", m => Ipc(m, 1, t => t with { ThreadId = 2 }) },
        { "domain.ipcThreads[1].threadId", m => Ipc(m, 1, t => t with { ThreadId = 77 }) },
        { "domain.ipcThreads[1].utcbSlot", m => Ipc(m, 1, t => t with { UtcbSlot = 0 }) },
        { "domain.ipcThreads[1].utcbSlot", m => Ipc(m, 1, t => t with { UtcbSlot = 4 }) },
        { "domain.ipcThreads[1].utcbSlot", m => Ipc(m, 1, t => t with { UtcbSlot = -1 }) },
        { "domain.ipcThreads[1].entrypoint", m => Ipc(m, 1, t => t with { Entrypoint = 64 }) },
        { "domain.ipcThreads[1].signalSource", m => Ipc(m, 1, t => t with { SignalSource = new ObjectId(99) }) },
        { "domain.ipcThreads[1].signalSource", m => Ipc(m, 1, t => t with { Phase = IpcPhase.WaitingForSignal }) },
        { "announcements[0].root", m => m with { Announcements = [m.Announcements[0] with { Root = new ObjectId(1) }] } },
        { "announcements[0].donations", m => m with { Announcements = [m.Announcements[0] with { Donations = [new DonationState(new ObjectId(1), 1, 1)] }] } },
        { "announcements[0].sessions", m => m with { Announcements = [m.Announcements[0] with { Sessions = [new ObjectId(99)] }] } },
        { "domain.ipcThreads[1].servedSlot", m => Ipc(m, 1, t => t with { IsServing = false }) },
        { "domain.ipcThreads[1].servedSlot", m => Ipc(m, 1, t => t with { ServedSlot = 4 }) },
        { "domain.ipcThreads[2].signalSource", m => Ipc(m, 2, t => t with { SignalSource = new ObjectId(8) }) },
        { "domain.ipcThreads[1].servedDomainBadge", m => Ipc(m, 1, t => t with { ServedDomainBadge = 0 }) },
        { "domain.ipcThreads[1].servedDomainBadge", m => Ipc(m, 1, t => t with { ServedSequence = null }) },
        { "domain.ipcThreads[1].servedDomainBadge", m => Ipc(m, 1, t => t with { ServedSlot = null }) },
        { "domain.objects[1].foreign", m => Object(m, 1, o => o with { Foreign = new ForeignState { Kind = ForeignKind.Gate } }) },
        { "domain.objects[13].foreign.kind", m => Object(m, 13, o => o with { Foreign = new ForeignState { Kind = (ForeignKind)99 } }) },
        { "domain.objects[14].dataspace.sharedFrom", m => Object(m, 14, o => o with { Dataspace = o.Dataspace! with { SharedFrom = "" } }) },
        { "domain.objects[9].dataspace.sharedFrom", m => Object(m, 9, o => o with { Dataspace = o.Dataspace! with { SharedFrom = "dog" } }) },
        { "domain.objects[5].timer.handler", m => Object(m, 5, o => o with { Timer = o.Timer! with { Handler = new ObjectId(14) } }) },
        { "domain.objects[9].dataspace.romSession", m => Dataspace(m, 9, d => d with { RomSession = new ObjectId(6) }) },
        { "domain.objects[9].dataspace.romSession", m => Dataspace(WithRomSession(m, null), 9, d => d with { RomSession = new ObjectId(15) }) },
        { "domain.objects[9].dataspace.romSession", m => Dataspace(WithRomSession(m, "other.so"), 9, d => d with { RomSession = new ObjectId(15) }) },
        { "domain.objects[4].dataspace.romSession", m => Dataspace(WithRomSession(m, "libsheep.so"), 4, d => d with { RomSession = new ObjectId(15) }) },
        { "domain.objects[0]", m => Object(m, 0, _ => null!) },
        { "process.mappings[2].start", m => Mapping(m, 2, p => p with { Start = p.Start - 0x1000 }) },
        { "process.mappings[1].end", m => Mapping(m, 1, p => p with { End = p.Start }) },
        { "process.mappings[3].end", m => Mapping(m, 3, p => p with { End = 0x7fff_ffff_f000 + 0x1000 }) },
        { "process.mappings[1].protection", m => Mapping(m, 1, p => p with { Protection = (PageProtection)16 }) },
        { "process.mappings[1].backing", m => Mapping(m, 1, p => p with { Backing = (MappingBacking)9 }) },
        { "process.mappings[2].file", m => Mapping(m, 2, p => p with { File = null }) },
        { "process.mappings[2].file.sha256", m => Mapping(m, 2, p => p with { File = p.File! with { Sha256 = "abc" } }) },
        { "process.mappings[2].file.path", m => Mapping(m, 2, p => p with { File = p.File! with { Path = "lib/x" } }) },
        { "process.mappings[1].dataspaceInode", m => Mapping(m, 1, p => p with { DataspaceInode = 71 }) },
        { "process.mappings[2].protection", m => Mapping(m, 2, p => p with { Backing = MappingBacking.SharedFile, Protection = PageProtection.Write }) },
        { "process.threads", m => m with { Process = m.Process with { Threads = [] } } },
        { "process.threads[1].threadId", m => Thread(m, 1, t => t with { ThreadId = 2 }) },
        { "process.threads[1].generalRegisters", m => Thread(m, 1, t => t with { GeneralRegisters = new byte[215] }) },
        { "process.threads[1].extendedState", m => Thread(m, 1, t => t with { ExtendedState = new byte[70_000] }) },
        { "process.threads[1].pendingSignals", m => Thread(m, 1, t => t with { PendingSignals = [new byte[127]] }) },
        { "process.descriptors[1].number", m => Descriptor(m, 1, d => d with { Number = 0 }) },
        { "process.descriptors[1].kind", m => Descriptor(m, 1, d => d with { Kind = (DescriptorKind)99 }) },
        { "process.descriptors[2].watches", m => Descriptor(m, 2, d => d with { Watches = [new EpollWatch(9, 1, 1)] }) },
        { "sessions[0].capability", m => m with { Sessions = [m.Sessions[0] with { Capability = new ObjectId(99) }] } },
        { "sessions[0].service", m => m with { Sessions = [m.Sessions[0] with { Service = "" }] } },
        { "sessions[0].ramUpgradeBytes", m => m with { Sessions = [m.Sessions[0] with { RamUpgradeBytes = ulong.MaxValue }] } },
        { "sessions[0].capabilityUpgrade", m => m with { Sessions = [m.Sessions[0] with { CapabilityUpgrade = ulong.MaxValue - m.Domain.CapabilityQuota + 1 }] } },
        { "sessions[0].arguments", m => m with { Sessions = [m.Sessions[0] with { Arguments = new string('x', 200_000) }] } },
        { "domain.objects[1].kind", m => Object(m, 1, o => o with { Kind = ObjectKind.Parent }) },
        { "domain.objects[4].badge", m => Object(m, 4, o => o with { Badge = 0 }) },
        { "domain.capabilities[1].object", m => Capability(m, 1, c => c with { Object = new ObjectId(1), Badge = 0xaaaa_0000_0001 }) },
        { "domain.tableDataspace", m => m with { Domain = m.Domain with { TableDataspace = null } } },
        { "domain.tableDataspace", m => m with { Domain = m.Domain with { TableDataspace = m.Domain.UtcbDataspace } } },
        { "domain.tableDataspace", m => m with { Domain = m.Domain with { TableDataspace = new ObjectId(10) } } },
        { "domain.utcbDataspace", m => Dataspace(m with { Process = m.Process with { Mappings = [.. m.Process.Mappings.Skip(1)] } }, 2, d => d with { ReadOnly = true }) },
        { "domain.capabilityQuota", m => m with { Domain = m.Domain with { CapabilityQuota = 9 } } },
        { "domain.ramQuotaBytes", m => m with { Domain = m.Domain with { RamQuotaBytes = 0x3fff } } },
        { "sessions[0].capability", m => m with { Sessions = [m.Sessions[0] with { Capability = new ObjectId(9) }] } },
        { "sessions[1].capability", m => m with { Sessions = [m.Sessions[0], m.Sessions[0]] } },
        { "sessions[0].capabilityUpgrade", m => m with { Sessions = [m.Sessions[0] with { CapabilityUpgrade = 1UL << 32 }] } },
        { "launch.roms[0].name", m => m with { Launch = m.Launch with { Roms = [m.Launch.Roms[0] with { Name = "" }] } } },
        { "launch.roms[1].name", m => m with { Launch = m.Launch with { Roms = [m.Launch.Roms[0], m.Launch.Roms[0]] } } },
        { "launch.limits.threads", m => m with { Launch = m.Launch with { Limits = new(1, 0) } } },
        { "launch.arguments", m => m with { Launch = m.Launch with { Arguments = new string[70_000] } } },
        { "componentName", m => m with { ComponentName = "" } },
    };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_session_to_a_module_may_have_given_its_dataspace()
    {
        ImageManifest manifest = Dataspace(WithRomSession(s_good, "libsheep.so"), 9, d => d with { RomSession = new ObjectId(15) });

        Format.ManifestValidation.Check("image", manifest);
    }

    [Fact]
    public async Task Each_contradiction_is_refused_by_its_name_and_nothing_is_left()
    {
        foreach ((string subject, Func<ImageManifest, ImageManifest> change) in Contradictions.Select(row => ((string)row[0], (Func<ImageManifest, ImageManifest>)row[1])))
        {
            ImageFormatException refusal = await Assert.ThrowsAsync<ImageFormatException>(
                () => SampleImage.WriteAsync(_directory.Sub("image"), change(s_good)));
            Assert.Equal(subject, refusal.Subject);
            Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
        }
    }

    [Fact]
    public async Task Content_that_no_mapping_or_dataspace_has_room_for_is_refused()
    {
        ImageManifest small = Mapping(s_good, 1, p => p with { End = p.Start + 0x8000 });
        ImageManifest foreign = Dataspace(s_good, 3, d => d with { LengthBytes = 0x5000 });

        Assert.StartsWith("address range", (await Refused(small)).Subject, StringComparison.Ordinal);
        Assert.Equal("address of segment 1", (await Refused(foreign)).Subject);

        Task<ImageFormatException> Refused(ImageManifest manifest) =>
            Assert.ThrowsAsync<ImageFormatException>(() => SampleImage.WriteAsync(_directory.Sub("image"), manifest));
    }

    [Fact]
    public async Task Reader_refuses_what_a_forger_wrote_into_the_payload()
    {
        await SampleImage.WriteAsync(_directory.Sub("image"));
        var image = new ImageBytes(_directory.Sub("image"));

        Assert.Equal("domain.capabilities[1].selector", image.RefusedWith("\"selector\":2,", "\"selector\":1,").Subject);
        Assert.Equal("domain.capabilities[3].selector", image.RefusedWith("\"selector\":1048575", "\"selector\":1048576").Subject);
        Assert.Equal("domain.objects[1].id", image.RefusedWith("\"id\":2,", "\"id\":1,").Subject);
        Assert.Contains("payload", image.RefusedWith("\"id\":2,", "\"xy\":2,").Subject, StringComparison.Ordinal);
        Assert.Contains("payload", image.RefusedWith("\"selector\":2,", "\"selector\":-,").Subject, StringComparison.Ordinal);
        Assert.Contains("payload", image.RefusedWith("\"kind\":\"Parent\"", "\"kind\":\"Parens\"").Subject, StringComparison.Ordinal);
        Assert.Contains("payload", image.RefusedWith("\"nodeName\":\"ecu-a\"", "\"nodeName\":null   ").Subject, StringComparison.Ordinal);
        Assert.Contains("uplicate", image.RefusedWith(
            "\"nodeName\":\"ecu-a\",\"componentName\":\"sheep\"", "\"nodeName\":\"ecu-a\",     \"nodeName\":\"sheep\"").Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_that_may_be_null_may_be_absent_and_no_others()
    {
        JsonObject whole = JsonNode.Parse(SampleImage.Json(s_good))!.AsObject();
        var optional = new HashSet<string>();
        foreach ((JsonObject owner, string name) in Members(whole).Where(member => member.Name != "periodic").ToList())
        {
            JsonNode? value = owner[name];
            owner.Remove(name);
            if (Record.Exception(() => whole.Deserialize(Format.ManifestJson.Manifest)) is not JsonException)
                optional.Add(name);
            owner[name] = value;
        }

        Assert.Equal(
            [
                "answer",
                "answerAttachment",
                "dataspace",
                "donations",
                "entrypoint",
                "faultHandler",
                "file",
                "foreign",
                "gate",
                "handler",
                "imageId",
                "leftRunning",
                "managedDataspace",
                "overdueNanoseconds",
                "processors",
                "regionMap",
                "remainingNanoseconds",
                "romFile",
                "romName",
                "servedDomainBadge",
                "servedSequence",
                "servedSlot",
                "sharedFrom",
                "signalContext",
                "signalSource",
                "tableDataspace",
                "timer",
                "waitedNanoseconds",
            ],
            optional.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<(JsonObject Owner, string Name)> Members(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Members(member.Value).Append((members, member.Key))),
        JsonArray elements => elements.SelectMany(Members),
        _ => [],
    };

    private static ImageManifest Capability(ImageManifest m, int i, Func<CapabilityState, CapabilityState> change) =>
        m with { Domain = m.Domain with { Capabilities = Replace(m.Domain.Capabilities, i, change) } };

    private static ImageManifest Object(ImageManifest m, int i, Func<ObjectState, ObjectState> change) =>
        m with { Domain = m.Domain with { Objects = Replace(m.Domain.Objects, i, change) } };

    private static ImageManifest Dataspace(ImageManifest m, int i, Func<DataspaceState, DataspaceState> change) =>
        Object(m, i, o => o with { Dataspace = change(o.Dataspace!) });

    /// <summary>Object 15 becomes a ROM session; open, if it is to a module.</summary>
    private static ImageManifest WithRomSession(ImageManifest m, string? module)
    {
        ObjectId id = new(15);
        ImageManifest changed = Object(m, 14, o => o with { Kind = ObjectKind.RomSession, Dataspace = null });
        return module is null ? changed : changed with { Sessions = [.. m.Sessions, new SessionState { Service = "ROM", Arguments = module, Capability = id }] };
    }

    private static ImageManifest Attachment(ImageManifest m, int i, Func<AttachmentState, AttachmentState> change) =>
        m with { Domain = m.Domain with { Attachments = Replace(m.Domain.Attachments, i, change) } };

    private static ImageManifest Ipc(ImageManifest m, int i, Func<IpcThreadState, IpcThreadState> change) =>
        m with { Domain = m.Domain with { IpcThreads = Replace(m.Domain.IpcThreads, i, change) } };

    private static ImageManifest Mapping(ImageManifest m, int i, Func<MappingState, MappingState> change) =>
        m with { Process = m.Process with { Mappings = Replace(m.Process.Mappings, i, change) } };

    private static ImageManifest Thread(ImageManifest m, int i, Func<ThreadState, ThreadState> change) =>
        m with { Process = m.Process with { Threads = Replace(m.Process.Threads, i, change) } };

    private static ImageManifest Descriptor(ImageManifest m, int i, Func<DescriptorState, DescriptorState> change) =>
        m with { Process = m.Process with { Descriptors = Replace(m.Process.Descriptors, i, change) } };

    private static T[] Replace<T>(IReadOnlyList<T> list, int index, Func<T, T> change) =>
        [.. list.Select((element, i) => i == index ? change(element) : element)];
}
