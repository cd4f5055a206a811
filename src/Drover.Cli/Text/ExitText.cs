using Drover.Node.Operations;

namespace Drover.Cli.Text;

/// <summary>The end of a component, for a person and for a shell.</summary>
internal static class ExitText
{
    /// <summary>A clause that goes on from the component's name.</summary>
    public static string Describe(ComponentExit exit)
    {
        string what = exit.Reason switch
        {
            ExitReason.Exited => $"exited with status {exit.Status}",
            ExitReason.Crashed => $"was ended by {SignalName.Of(exit.Signal)}",
            ExitReason.Stopped => "was stopped",
            ExitReason.Checkpointed => "was checkpointed and ended here",
            ExitReason.RolledBack => "was ended to be rolled back, and could not be built again",
            _ => "was ended by the node",
        };
        return exit.Fault is { } fault ? $"{what}: {fault}" : what;
    }

    /// <summary>What a shell gets: the component's status, or 128 and the signal's number.</summary>
    public static int Status(ComponentExit exit) => exit.Reason switch
    {
        ExitReason.Exited => exit.Status,
        ExitReason.Crashed => 128 + exit.Signal,
        ExitReason.Faulted or ExitReason.RolledBack => 125,
        _ => 0,
    };
}
