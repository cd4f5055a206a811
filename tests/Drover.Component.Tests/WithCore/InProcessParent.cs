using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Ipc;
using Drover.Core.Services;

namespace Drover.Component.Tests.WithCore;

/// <summary>Brings components together: timers of core, and services that components announce.</summary>
internal sealed class InProcessParent(Core.Kernel kernel)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Capability<IRoot>> _roots = []; // guarded by _lock

    /// <summary>The parent as one component sees it.</summary>
    internal sealed class For(InProcessParent parent, string label) : IParent
    {
        public Attempt<Capability<IObject>, SessionError> Session(string service, string arguments, Donation donation) =>
            service == "Timer"
                ? parent.Kernel.CreateService<ITimerSession>(new TimerSession(TimeProvider.System), ServiceMode.Inline, "timer").ToCapability<IObject>()
                : parent.Root(service) is { } root ? root.Client.Session(arguments, label, donation) : SessionError.NoSuchService;

        public Attempt<Unit, SessionError> Upgrade(Capability<IObject> session, Donation donation) => Unit.Value;

        public Attempt<Unit, SessionError> Close(Capability<IObject> session)
        {
            foreach (Capability<IRoot> root in parent.Roots())
                root.Client.Close(session);
            return Unit.Value;
        }

        public Attempt<Unit, SessionError> Announce(string service, Capability<IRoot> root)
        {
            lock (parent._lock)
                return parent._roots.TryAdd(service, root.Duplicate()) ? Unit.Value : SessionError.NameTaken;
        }

        public void Exit(int status)
        {
        }

        public Attempt<Unit, SessionError> Withdraw(string service)
        {
            lock (parent._lock)
                return parent._roots.Remove(service) ? Unit.Value : SessionError.NoSuchService;
        }

        public Attempt<Unit, SessionError> Revoke(Capability<IObject> session) => Unit.Value;
    }

    private Core.Kernel Kernel { get; } = kernel;

    private Capability<IRoot>? Root(string service)
    {
        lock (_lock)
            return _roots.GetValueOrDefault(service);
    }

    private Capability<IRoot>[] Roots()
    {
        lock (_lock)
            return [.. _roots.Values];
    }
}
