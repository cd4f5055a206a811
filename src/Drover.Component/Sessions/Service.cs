using Drover.Component.Rpc;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Sessions;

/// <summary>A service that this component offers. Disposing withdraws it: its sessions end, calls through them give
/// PeerGone, and what clients donated goes back to them as far as it is not in use. Thread-safe.</summary>
public sealed class Service<T> : IDisposable
    where T : class
{
    private readonly Capability<IParent> _parent;
    private readonly Entrypoint _entrypoint;
    private readonly ServiceRoot<T> _root;
    private readonly Capability<IRoot> _rootCapability;
    private int _disposed;

    internal Service(Capability<IParent> parent, Entrypoint entrypoint, ServiceRoot<T> root, Capability<IRoot> rootCapability, string name)
    {
        _parent = parent;
        _entrypoint = entrypoint;
        _root = root;
        _rootCapability = rootCapability;
        Name = name;
    }

    public string Name { get; }

    /// <summary>Sessions that clients have open.</summary>
    public int Sessions => _root.Count;

    /// <summary>Takes the sessions that the object serves away from their clients, as if these had closed them.</summary>
    /// <returns>How many.</returns>
    public int Revoke(T target)
    {
        ArgumentNullException.ThrowIfNull(target);
        IReadOnlyList<Capability<IObject>> taken = _root.TakeServedBy(target);
        foreach (Capability<IObject> session in taken)
        {
            using (session)
                _parent.Client.Revoke(session);
        }

        return taken.Count;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        // First what the sessions use is given up, then the quota goes back.
        _root.Withdraw();
        _parent.Client.Withdraw(Name);
        _entrypoint.Dissolve(_rootCapability);
        _rootCapability.Dispose();
    }
}
