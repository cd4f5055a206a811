using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Sessions;

/// <summary>A session that this component opened. Disposing closes it; what was donated comes back.</summary>
public sealed class Session<T> : IDisposable
    where T : class
{
    private readonly Capability<IParent> _parent;
    private readonly Capability<IObject> _object;
    private int _disposed;

    internal Session(Capability<IParent> parent, Capability<IObject> session)
    {
        _parent = parent;
        _object = session;
        Capability = session.As<T>();
    }

    /// <summary>Owned by the session: duplicate it to keep it longer.</summary>
    public Capability<T> Capability { get; }

    /// <summary>Calls the service. See <see cref="Capability{T}.Client"/>.</summary>
    public T Client => Capability.Client;

    /// <summary>Gives the service more quota for this session.</summary>
    public Attempt<Unit, SessionError> Upgrade(Donation donation) => _parent.Client.Upgrade(_object, donation);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        try
        {
            _parent.Client.Close(_object);
        }
        catch (RpcException)
        {
            // The parent is gone or does not know the session any more; there is nothing left to close.
        }

        Capability.Dispose();
        _object.Dispose();
    }
}
