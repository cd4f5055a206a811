using Drover.Images.State;
using Drover.Monitor.Checkpoint;

namespace Drover.Monitor;

/// <summary>What core and monitor know of a running component at one moment, in the form an image has it.</summary>
public sealed record ComponentPicture(DomainState Domain, IReadOnlyList<SessionState> Sessions)
{
    public static ComponentPicture Of(MonitoredComponent component)
    {
        ArgumentNullException.ThrowIfNull(component);
        using TimerHold timers = TimerHold.Of([component]);
        DomainCapture capture = new(component, component.Domain.Describe(), [], new CaptureGroup([component]));
        return new ComponentPicture(capture.Domain, capture.Sessions);
    }
}
