using System.Text.Json.Nodes;
using Drover.Core.Capabilities;
using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>An image whose hashes are right and whose content is not: refused before any object exists, by an error that says
/// file, place, what was expected and what was found; nothing of it is left.</summary>
public sealed class S18ForgedImages(S18ForgedImages.OneImage one) : IClassFixture<S18ForgedImages.OneImage>
{
    private static readonly Dictionary<string, (Action<ForgedImage> Forge, string Where)> s_forgeries = new()
    {
        ["another version"] = (image => image.Write(8, 2 | (62UL << 32)), "format version"),
        ["another architecture"] = (image => image.Write(8, 1 | (183UL << 32)), "architecture"),
        ["a page size of its own"] = (image => image.Write(16, 16384), "page size"),
        ["a payload without end"] = (image => image.Write(32, ulong.MaxValue), "payload length"),
        ["segments without end"] = (image => image.Write(40, 1UL << 60), "number of page segments"),
        ["pages without end"] = (image => image.Write(48, long.MaxValue), "number of stored pages"),
        ["a segment in the kernel"] = (image => image.WriteSegment(8, 0xffff_8000_0000_0000), "address of segment 0"),
        ["a segment without end"] = (image => image.WriteSegment(16, 1UL << 52), "page count of segment 0"),
        ["a segment beyond the file"] = (image => image.WriteSegment(24, 1UL << 40), "file offset of segment 0"),
        ["a selector beyond the space"] = Payload(p => p["domain"]!["capabilities"]![0]!["selector"] = uint.MaxValue, "domain.capabilities[0].selector"),
        ["a selector twice"] = Payload(p => p["domain"]!["capabilities"]![1]!["selector"] = 1, "domain.capabilities[1].selector"),
        ["an object in two slots"] = Payload(Twice, "domain.capabilities[1].object"),
        ["a badge of another object"] = Payload(p => p["domain"]!["capabilities"]![0]!["badge"] = 0x1234, "domain.capabilities[0].badge"),
        ["no badge"] = Payload(p => Object(p, "Parent")["badge"] = 0, ".badge"),
        ["no deliveries"] = Payload(p => p["domain"]!["capabilities"]![0]!["deliveries"] = 0, "domain.capabilities[0].deliveries"),
        ["a capability of nothing"] = Payload(p => p["domain"]!["capabilities"]![0]!["object"] = 99999, "domain.capabilities[0].object"),
        ["two parents"] = Payload(p => Object(p, "PdSession")["kind"] = "Parent", ".kind"),
        ["an entrypoint beyond the last"] = Payload(p => Object(p, "Gate")["gate"]!["entrypoint"] = 64, ".gate.entrypoint"),
        ["two gates of one label"] = Payload(SameLabel, "gates labelled"),
        ["another label than the object pool's"] = Payload(p => Object(p, "Gate")["gate"]!["label"] = 999_999, "object pool entry"),
        ["a timer that notifies what is no context"] = Payload(p => Object(p, "TimerSession")["timer"]!["handler"] = Object(p, "Gate")["id"]!.DeepClone(), ".timer.handler"),
        ["a quota of nothing"] = Payload(p => p["domain"]!["capabilityQuota"] = 1, "domain.capabilityQuota"),
        ["memory for nothing"] = Payload(p => p["domain"]!["ramQuotaBytes"] = 1, "domain.ramQuotaBytes"),
        ["quota without end"] = Payload(p => p["sessions"]![0]!["ramUpgradeBytes"] = ulong.MaxValue, "sessions[0].ramUpgradeBytes"),
        ["no tables"] = Payload(p => p["domain"]!.AsObject().Remove("tableDataspace"), "domain.tableDataspace"),
        ["an attachment in the kernel"] = Payload(p => p["domain"]!["attachments"]![0]!["address"] = 0xffff_8000_0000_0000, "domain.attachments[0].address"),
        ["an attachment beyond its dataspace"] = Payload(p => p["domain"]!["attachments"]![0]!["offsetBytes"] = 1UL << 46, "domain.attachments[0].offsetBytes"),
        ["an attachment twice"] = Payload(p => p["domain"]!["attachments"]!.AsArray().Add(p["domain"]!["attachments"]![0]!.DeepClone()), "domain.attachments["),
        ["a thread id twice"] = Payload(p => p["process"]!["threads"]![1]!["threadId"] = p["process"]!["threads"]![0]!["threadId"]!.DeepClone(), "process.threads[1].threadId"),
        ["a call of no thread"] = Payload(p => p["domain"]!["ipcThreads"]![0]!["threadId"] = 99_999, "domain.ipcThreads[0].threadId"),
        ["a UTCB beyond the area"] = Payload(p => p["domain"]!["ipcThreads"]![0]!["utcbSlot"] = 1024, "domain.ipcThreads[0].utcbSlot"),
        ["a mapping beyond user memory"] = Payload(p => Last(p["process"]!["mappings"]!)["end"] = 0x7fff_ffff_f000 + 4096, "].end"),
        ["a mapping of a file without a hash"] = Payload(p => FileMapping(p)["file"]!["sha256"] = "", ".file.sha256"),
        ["registers cut short"] = Payload(p => p["process"]!["threads"]![0]!["generalRegisters"] = "AAAA", "process.threads[0].generalRegisters"),
        ["no threads"] = Payload(p => p["process"]!["threads"] = new JsonArray(), "process.threads"),
        ["a member that nobody knows"] = Payload(p => p["domain"]!["surprise"] = 1, "surprise"),
        ["a member that is missing"] = Payload(p => p["domain"]!.AsObject().Remove("capabilityQuota"), "capabilityQuota"),
    };

    public static TheoryData<string> Forgeries => new(s_forgeries.Keys);

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Forged_image_is_refused_by_place_before_any_object_exists(string forgery)
    {
        (Action<ForgedImage> forge, string where) = s_forgeries[forgery];
        ForgedImage image = new(one.Image, one.Ecus.NewImage());
        forge(image);
        Holdings before = Holdings.Now();
        long badges = one.Badges.Given;

        NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(() => one.Target.RestoreAsync(image.Path, "forged"));

        Assert.Equal(NodeErrorCode.BadImage, refusal.Code);
        Assert.Contains(where, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("expected", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("found", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(image.Path, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(badges, one.Badges.Given);
        Assert.Empty(await one.Target.ListAsync());
        await Holdings.AreAsync(before, forgery);
    }

    [Fact]
    public async Task Image_that_is_not_forged_is_restored()
    {
        ForgedImage image = new(one.Image, one.Ecus.NewImage());
        image.Change(_ => { });

        await one.Target.RestoreAsync(image.Path, "copy");

        await one.Target.NextCountAsync("copy");
        await one.Target.StopAsync("copy");
    }

    private static (Action<ForgedImage> Forge, string Where) Payload(Action<JsonNode> change, string where) => (image => image.Change(change), where);

    private static JsonNode Object(JsonNode payload, string kind) =>
        payload["domain"]!["objects"]!.AsArray().First(entry => (string)entry!["kind"]! == kind)!;

    private static JsonNode FileMapping(JsonNode payload) =>
        payload["process"]!["mappings"]!.AsArray().First(mapping => mapping!["file"] is not null)!;

    private static JsonNode Last(JsonNode list) => list.AsArray()[^1]!;

    private static void Twice(JsonNode payload)
    {
        JsonNode capabilities = payload["domain"]!["capabilities"]!;
        foreach (string member in (string[])["object", "badge"])
            capabilities[1]![member] = capabilities[0]![member]!.DeepClone();
    }

    private static void SameLabel(JsonNode payload)
    {
        JsonNode[] gates = [.. payload["domain"]!["objects"]!.AsArray().Where(entry => (string)entry!["kind"]! == "Gate")!];
        gates[1]["gate"]!["label"] = gates[0]["gate"]!["label"]!.DeepClone();
    }

    /// <summary>One image that all forgeries are made of, and the node that they are tried on.</summary>
    public sealed class OneImage : IAsyncLifetime
    {
        internal Ecus Ecus { get; } = new();

        internal CountingBadges Badges { get; } = new();

        internal ILocalNode Target { get; private set; } = null!;

        internal string Image { get; private set; } = "";

        public async Task InitializeAsync()
        {
            Target = Ecus.Start("target", Badges);
            await Task.WhenAll(new[] { Ecus.A, Ecus.B, Target }.Select(node => ((NodeRuntime)node).Prepared));
            await Ecus.A.RunSheepCounterAsync(20);
            await Ecus.A.NextCountAsync();
            Image = Ecus.NewImage();
            await Ecus.A.CheckpointAsync("SheepCounter", Image);
        }

        public async Task DisposeAsync() => await Ecus.DisposeAsync();
    }

    /// <summary>Every kernel object has a badge: as many as were given were made.</summary>
    internal sealed class CountingBadges : IBadgeSource
    {
        private readonly NodeBadges _badges = new();

        public long Given { get; private set; }

        public Badge Next()
        {
            Given++;
            return _badges.Next();
        }
    }
}
