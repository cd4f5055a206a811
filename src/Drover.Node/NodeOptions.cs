using Drover.Core.Capabilities;
using Drover.Platform.Faults;

namespace Drover.Node;

/// <summary>With what a node is started.</summary>
/// <param name="Name">By which people and other nodes know it.</param>
public sealed record NodeOptions(string Name)
{
    /// <summary>Where badges come from; null for a random sequence of the node's own.</summary>
    public IBadgeSource? Badges { get; init; }

    /// <summary>Told of what went wrong inside the node while it served a component: what failed, and how. Any thread.</summary>
    public Action<string, Exception> OnFault { get; init; } = static (_, _) => { };

    /// <summary>Memory that the node's components may have together, in bytes: the sum of their RAM quotas.</summary>
    public ulong RamBytes { get; init; } = ulong.MaxValue;

    /// <summary>Snapshots that are kept at once. Each is a process, and holds what its component has written since.</summary>
    public int MostSnapshots { get; init; } = 32;

    /// <summary>Steps of checkpoints and restores that are to fail on purpose.</summary>
    public FaultPoints Faults { get; init; } = new();

    /// <summary>Numbers of the CPUs that components run on; null for all that this process may run on. A component can still
    /// choose others for its threads.</summary>
    public IReadOnlyList<int>? Processors { get; init; }

    /// <summary>The names of the steps that can be made to fail.</summary>
    public static IReadOnlyList<string> Steps => FaultPointNames.All;

    /// <summary>Lets a step fail, once; false if no step has that name.</summary>
    public bool TryFailAt(string step)
    {
        if (!FaultPointNames.TryParse(step, out FaultPoint point))
            return false;
        Faults.Arm(point);
        return true;
    }

    /// <summary>File that remembers which images are being written, so that the next node with the same file clears what
    /// this one, killed, left unfinished; null for none.</summary>
    public string? ImageJournal { get; init; }
}
