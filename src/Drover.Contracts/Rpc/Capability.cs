namespace Drover.Contracts.Rpc;

/// <summary>
/// One owner of a capability to an object that offers <typeparamref name="T"/>. The capability is given back when it is
/// disposed, or, as a fallback, when it is collected.
/// </summary>
public sealed class Capability<T> : IDisposable
    where T : class
{
    private T? _client;

    /// <summary>Takes over an owner.</summary>
    public Capability(CapabilityOwner owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        Owner = owner;
    }

    public CapabilityOwner Owner { get; }

    /// <summary>Calls the object: each method is one RPC and throws <see cref="RpcException"/> if it does not come
    /// about. Valid until this owner is disposed.</summary>
    public T Client => _client ??= RpcBinding<T>.CreateClient(this);

    /// <summary>Another owner of the same capability.</summary>
    public Capability<T> Duplicate() => new(Owner.Duplicate());

    /// <summary>Another owner that sees the object through another interface. Whether the object offers it shows when
    /// it is called.</summary>
    public Capability<TOther> As<TOther>()
        where TOther : class => new(Owner.Duplicate());

    public void Dispose() => Owner.Dispose();
}
