using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Demo;
using Drover.Cli.Text;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>`drover demo`: the main job, from nothing to a component that has moved.</summary>
internal static class DemoVerb
{
    /// <summary>All of it takes seconds; what takes this long hangs.</summary>
    private static readonly TimeSpan PatienceWithDemo = TimeSpan.FromMinutes(2);

    public static Command Create(CommandEnvironment environment)
    {
        Option<bool> json = CommonOptions.Json();
        var keep = new Option<bool>("--keep") { Description = "Leave the image where it was written." };
        var command = new Command(
            "demo",
            "Starts two nodes, runs SheepCounter on one, moves it to the other while it runs, and checks that it goes on.")
        {
            json, keep,
        };
        command.SetAction((parsed, interrupted) =>
            RunAsync(environment, parsed.GetValue(json), parsed.GetValue(keep), interrupted));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandEnvironment environment, bool json, bool keep, CancellationToken interrupted)
    {
        using DemoDirectory directory = DemoDirectory.Create(keep);
        DemoReport report = await MoveAsync(environment, directory.Path, json, interrupted);
        IReadOnlyList<DemoCheck> checks = DemoChecks.Of(report);
        if (json)
            Printer.Json(environment, report, CliJson.Default.DemoReport);
        else
            DemoPresentation.Show(environment, report, checks);
        foreach (DemoCheck failed in checks.Where(check => !check.Holds))
            environment.Error.WriteLine($"drover: it does not hold that {failed.Claim}: {failed.Found}.");
        if (keep)
            environment.Error.WriteLine($"drover: the image is in {report.Image.Path}.");
        return checks.All(check => check.Holds) ? 0 : DroverCommand.Failed;
    }

    private static async Task<DemoReport> MoveAsync(
        CommandEnvironment environment, string directory, bool json, CancellationToken interrupted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        patience.CancelAfter(PatienceWithDemo);
        try
        {
            await using DemoNode source = await DemoNode.StartAsync(
                "ecu-a", Path.Combine(directory, "ecu-a.sock"), patience.Token);
            await using DemoNode target = await DemoNode.StartAsync(
                "ecu-b", Path.Combine(directory, "ecu-b.sock"), patience.Token);
            Action<string> say = environment.Output.WriteLine;
            if (json)
                say = _ => { };
            var run = new DemoRun(source.Client, target.Client, directory, SampleProgram, say);
            return await run.RunAsync(patience.Token);
        }
        catch (OperationCanceledException e) when (!interrupted.IsCancellationRequested)
        {
            throw new NodeOperationException(
                NodeErrorCode.Internal,
                $"The demo was not done after {PatienceWithDemo.TotalMinutes:0} minutes.",
                "'drover doctor' tells whether the machine has what it needs.",
                e);
        }
    }

    /// <summary>The samples lie beside this program.</summary>
    private static string SampleProgram(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "samples", name, name + ".dll");
        return File.Exists(path)
            ? path
            : throw new NodeOperationException(
                NodeErrorCode.NotAProgram,
                $"The sample component {name} is not built: there is no '{path}'.",
                "Start the demo with ./drover demo, which builds it.");
    }
}
