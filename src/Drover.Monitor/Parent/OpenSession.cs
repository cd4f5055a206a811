using Drover.Core.Capabilities;
using Drover.Monitor.Interception;

namespace Drover.Monitor.Parent;

/// <summary>A session that a component has open, as its parent knows it.</summary>
/// <param name="Client">The component that has it.</param>
/// <param name="Session">What was recorded of it.</param>
/// <param name="Gate">The object whose capability the component got.</param>
/// <param name="Server">The component that serves it, or null if core does.</param>
internal sealed record OpenSession(MonitoredComponent Client, InterceptedSession Session, KernelObject Gate, Announcement? Server);

/// <summary>A session that another component serves: recorded, not wrapped, since its interface is theirs.</summary>
internal sealed class ForeignSession(SessionCreation creation) : InterceptedSession(creation);
