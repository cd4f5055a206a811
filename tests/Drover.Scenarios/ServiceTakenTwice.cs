using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>Only one component of a node can offer a service of a name; the second learns what, where and what to do.</summary>
public sealed class ServiceTakenTwice
{
    [Fact]
    public async Task Second_component_that_offers_it_ends_with_one_line()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();

        await ecus.A.RunAsync(new RunRequest { Program = Programs.SheepCounter, Name = "second" }, Ecus.Soon);
        ComponentExit exit = await ecus.A.WaitForExitAsync("second", Ecus.Soon);

        Assert.Equal((ExitReason.Exited, 69), (exit.Reason, exit.Status));
        LogEntry said = Assert.Single(await ecus.A.LogAsync("second"), entry => entry.Stream == LogStream.Error);
        Assert.Equal(
            "SheepCounter: announcing the service 'Sheep' was refused: NameTaken. Another component on this node offers it already: end that one, or run this one on another node.",
            said.Text);
        await ecus.A.NextCountAsync(afterSequence: (await ecus.A.LogAsync("SheepCounter"))[^1].Sequence);
    }

    [Fact]
    public async Task Clone_and_restore_of_one_that_offers_it_name_who_does()
    {
        await using Ecus ecus = new();
        await ecus.A.RunSheepCounterAsync();
        await ecus.A.NextCountAsync();
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("SheepCounter", image, leaveRunning: true);

        foreach (Func<Task> again in (Func<Task>[])[
            () => ecus.A.CloneAsync(new CloneRequest("SheepCounter"), Ecus.Soon),
            () => ecus.A.RestoreAsync(image, "second")])
        {
            NodeOperationException refusal = await Assert.ThrowsAsync<NodeOperationException>(again);
            Assert.Equal(NodeErrorCode.MissingResource, refusal.Code);
            Assert.StartsWith("'SheepCounter' offers the service 'Sheep' on this node", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("end 'SheepCounter' first, or go to another node", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["SheepCounter"], (await ecus.A.ListAsync()).Select(component => component.Name));
        await ecus.A.NextCountAsync(afterSequence: (await ecus.A.LogAsync("SheepCounter"))[^1].Sequence);
    }
}
