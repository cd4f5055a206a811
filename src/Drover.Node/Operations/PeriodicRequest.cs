namespace Drover.Node.Operations;

/// <summary>That a component is to be checkpointed again and again while it runs.</summary>
/// <param name="Directory">Absolute path of the directory for the images; it must be absent or empty.</param>
/// <param name="EveryMs">Milliseconds from the beginning of one checkpoint to that of the next. If one takes longer, the next
/// begins with the next turn: none is made up for.</param>
/// <param name="Keep">How many of the newest images can be restored at every moment.</param>
/// <param name="PreCopy">Copy most of what was written while the component runs on, so that it stops for a shorter time. Complete
/// images are made so in any case.</param>
public sealed record PeriodicRequest(string Directory, double EveryMs, int Keep = PeriodicRequest.DefaultKeep, bool PreCopy = false)
{
    public const int DefaultKeep = 5;

    public const double LeastEveryMs = 10;

    public const double MostEveryMs = 24 * 60 * 60 * 1000;
}
