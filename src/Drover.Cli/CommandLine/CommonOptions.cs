using System.CommandLine;

namespace Drover.Cli.CommandLine;

/// <summary>Options and arguments that several verbs have, each time a new one: a symbol belongs to one command.</summary>
internal static class CommonOptions
{
    public static Option<string?> Node() => new("--node")
    {
        Description = "The node to ask: its name or the path of its socket. "
            + "Default: $DROVER_NODE, else the node that runs on this machine.",
        HelpName = "NAME|SOCKET",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON on standard output, and nothing else there." };

    public static Argument<string> Component() => new("NAME") { Description = "The component." };
}
