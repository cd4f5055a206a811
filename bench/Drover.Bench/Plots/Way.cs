namespace Drover.Bench.Plots;

/// <summary>How a checkpoint is taken.</summary>
internal enum Way
{
    Fork,
    PreCopy,
    Delta,
}
