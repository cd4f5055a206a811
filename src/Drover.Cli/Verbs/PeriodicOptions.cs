using System.CommandLine;
using System.CommandLine.Parsing;
using Drover.Cli.Text;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>The options for checkpoints that are taken again and again while a component runs.</summary>
/// <param name="needsDirectory">Whether there is no directory for the images but the one that is named.</param>
internal sealed class PeriodicOptions(bool needsDirectory = false)
{
    private readonly Option<double?> _every = new("--checkpoint-every")
    {
        Description = "Checkpoint it again and again while it runs, each time only what it wrote since, such as every 100ms or 5s.",
        HelpName = "TIME",
        CustomParser = Time,
    };

    private readonly Option<int?> _keep = new("--keep")
    {
        Description = $"How many of the newest of these images can be restored. Default: {PeriodicRequest.DefaultKeep}.",
        HelpName = "N",
    };

    private readonly Option<string?> _directory = new("--checkpoints")
    {
        Description = "Directory for these images; it is made. "
            + (needsDirectory ? "" : "Default: NAME.checkpoints. ") + "'drover restore' of it goes on from the newest.",
        HelpName = "DIR",
    };

    private readonly Option<bool> _preCopy = new("--pre-copy")
    {
        Description = "Copy most of it for each of these images while it runs on, so that it stops for a shorter time.",
    };

    public void AddTo(Command command)
    {
        command.Add(_every);
        command.Add(_keep);
        command.Add(_directory);
        command.Add(_preCopy);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_every) is not null)
            {
                if (needsDirectory && result.GetResult(_directory) is null)
                    result.AddError("Say where the images of --checkpoint-every are to go, with --checkpoints DIR.");
                return;
            }

            if (new Option[] { _keep, _directory, _preCopy }.Any(option => result.GetResult(option) is { Implicit: false }))
                result.AddError("--keep, --checkpoints and --pre-copy are for periodic checkpoints. Say how often with --checkpoint-every.");
        });
    }

    /// <summary>What was asked for; null for no such checkpoints.</summary>
    public PeriodicRequest? Read(ParseResult parsed, string component) => parsed.GetValue(_every) is { } every
        ? new PeriodicRequest(
            Path.GetFullPath(parsed.GetValue(_directory) ?? component + ".checkpoints"),
            every,
            parsed.GetValue(_keep) ?? PeriodicRequest.DefaultKeep,
            parsed.GetValue(_preCopy))
        : null;

    private static double? Time(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Milliseconds.TryParse(text, out double milliseconds))
            return milliseconds;
        result.AddError($"'{text}' is no time. Write it like 100ms, 5s, 10m or 1h.");
        return null;
    }
}
