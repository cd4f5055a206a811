using System.Text;
using System.Text.Json.Nodes;
using Drover.Fuzz.Images;
using Drover.Fuzz.Machine;
using Drover.Images;
using Drover.Monitor;
using Drover.Monitor.Restore;

namespace Drover.Fuzz.Tests;

/// <summary>What the fuzzer of images found, each by what was wrong with the image.</summary>
public sealed class HostileImageTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly FuzzNode _node = new("target", 0x2222);
    private readonly SheepServer _server;

    public HostileImageTests()
    {
        try
        {
            string module = Path.Combine(_temporary.Path, "module");
            File.WriteAllText(module, "good morning");
            new ImageSource(module).Write(Image);
            _server = new SheepServer(_node);
        }
        catch
        {
            // Nobody disposes what did not come to be.
            _temporary.Dispose();
            throw;
        }
    }

    private string Image => Path.Combine(_temporary.Path, "image");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Image_as_it_was_written_is_restored_and_ended_without_a_trace()
    {
        NodeHoldings before = _node.Holdings();

        await Restore().StopAsync();

        Assert.True(_server.IsIdle());
        Assert.Equal(before, _node.Holdings());
        _node.CheckFaults();
    }

    [Fact]
    public void Session_that_its_service_does_not_open_again_leaves_no_quota_with_the_service()
    {
        var before = _server.Accounts;
        // Longer than a message can be, so that the service never gets to see it.
        Change(payload => Session(payload, SheepServer.Service)["arguments"] = new string('x', 5000));

        Assert.Throws<RestoreRefusedException>(Restore);

        Assert.Equal(before, _server.Accounts);
    }

    [Fact]
    public void Module_without_a_name_is_refused()
    {
        Change(payload => payload["launch"]!["roms"]![0]!["name"] = "");

        Assert.Equal("launch.roms[0].name", Assert.Throws<ImageFormatException>(Restore).Subject);
    }

    [Fact]
    public void Upgrade_beyond_what_a_session_can_be_given_is_refused()
    {
        Change(payload => Session(payload, "LOG")["capabilityUpgrade"] = 1UL << 32);

        Assert.Equal("sessions[0].capabilityUpgrade", Assert.Throws<ImageFormatException>(Restore).Subject);
    }

    /// <summary>Were they looked for one by one, this would take hours.</summary>
    [Fact]
    public async Task Very_many_capabilities_to_what_nobody_has_are_void_at_once()
    {
        const int Count = 200_000;
        Change(payload =>
        {
            JsonObject domain = payload["domain"]!.AsObject();
            JsonArray objects = domain["objects"]!.AsArray();
            JsonArray slots = domain["capabilities"]!.AsArray();
            uint lastSelector = (uint)slots[^1]!["selector"]!;
            JsonNode session = objects.First(entry => (string)entry!["kind"]! == "NativeCapability" || (string)entry!["kind"]! == "ForeignSession")!;
            for (uint i = 1; i <= Count; i++)
            {
                JsonNode more = session.DeepClone();
                more["id"] = 1_000_000 + i;
                more["badge"] = 0x7777_0000_0000UL + i;
                objects.Add(more);
                slots.Add(new JsonObject { ["selector"] = lastSelector + i, ["object"] = 1_000_000 + i, ["badge"] = 0x7777_0000_0000UL + i, ["deliveries"] = 1 });
            }

            domain["capabilityQuota"] = 2 * Count;
        });

        MonitoredComponent component = Restore();

        Assert.True(component.Domain.Describe().CapabilitySpace.Count(slot => slot.IsVoid) >= Count);
        await component.StopAsync();
        _node.CheckFaults();
    }

    private MonitoredComponent Restore()
    {
        using ImageReader image = ImageReader.Open(Image);
        return _node.Monitor.Restore(image, "victim", _ => { });
    }

    private static JsonObject Session(JsonObject payload, string service) =>
        payload["sessions"]!.AsArray().Single(session => (string)session!["service"]! == service)!.AsObject();

    private void Change(Action<JsonObject> change)
    {
        ImageBytes image = ImageBytes.Read(Image);
        JsonObject payload = JsonNode.Parse(image.Payload)!.AsObject();
        change(payload);
        image.ReplacePayload(Encoding.UTF8.GetBytes(payload.ToJsonString()));
        image.Seal();
        image.Write(Image);
    }
}
