using Drover.Node.Operations;

namespace Drover.Cli.Demo;

/// <summary>What the demo saw; also its JSON form.</summary>
internal sealed record DemoReport(
    DemoSource Source, DemoTarget Target, ImageInfo Image, double PauseMs, double RestoreMs, DemoCalls Rpc);

/// <param name="LastCount">The last count in the log on the source.</param>
/// <param name="Capabilities">What the component held at the checkpoint.</param>
internal sealed record DemoSource(string Node, long LastCount, IReadOnlyList<CapabilityInfo> Capabilities);

/// <param name="FirstCount">The first count in the log on the target.</param>
/// <param name="Capabilities">What the component held right after the restore.</param>
internal sealed record DemoTarget(string Node, long FirstCount, IReadOnlyList<CapabilityInfo> Capabilities);

/// <summary>Calls that clients made to the component.</summary>
internal sealed record DemoCalls(long BeforeOnSource, long AfterOnTarget, long Failed);
