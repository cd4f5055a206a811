using System.CommandLine;
using Drover.Cli.CommandLine;
using Drover.Cli.Text;
using Drover.Node.Diagnosis;
using Spectre.Console;

namespace Drover.Cli.Verbs;

/// <summary>`drover doctor`: whether a node can run here.</summary>
internal static class DoctorVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "doctor", "Tries the kernel features and permissions that a node needs, and tells what is lost without each.")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            MachineReport report = MachineExamination.Run();
            if (parsed.GetValue(json))
                Printer.Json(environment, report, CliJson.Default.MachineReport);
            else
                Show(environment, report);
            return report.Ready ? 0 : DroverCommand.Failed;
        });
        return command;
    }

    private static void Show(CommandEnvironment environment, MachineReport report)
    {
        Table table = Printer.Table("", "What", "What for", "Seen");
        foreach (Requirement requirement in report.Requirements)
            Printer.Row(table, Verdict(requirement), requirement.Name, requirement.Purpose, requirement.Detail);
        Printer.Show(environment, table);
        foreach (Requirement missing in report.Requirements.Where(requirement => !requirement.Works))
        {
            environment.Output.WriteLine($"Without {missing.Name}: {missing.Without}.");
            if (missing.Remedy.Length > 0)
                environment.Output.WriteLine($"  {missing.Remedy}");
        }

        if (report.Ready)
            environment.Output.WriteLine("A node can run here.");
        else
            environment.Error.WriteLine("drover: a node cannot run here.");
    }

    private static string Verdict(Requirement requirement) =>
        requirement.Works ? "yes" : requirement.Needed ? "NO" : "no";
}
