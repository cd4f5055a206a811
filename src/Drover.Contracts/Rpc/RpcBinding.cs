using System.Runtime.CompilerServices;

namespace Drover.Contracts.Rpc;

/// <summary>Where generated code announces the client and the dispatcher of an interface.</summary>
public static class RpcBinding<T>
    where T : class
{
    private static Func<Capability<T>, T>? _client;
    private static Func<T, IRpcDispatcher>? _dispatcher;

    /// <summary>Called by generated module initializers.</summary>
    public static void Register(Func<Capability<T>, T> client, Func<T, IRpcDispatcher> dispatcher)
    {
        _dispatcher = dispatcher;
        Volatile.Write(ref _client, client); // the last of the two: who sees it sees both
    }

    public static T CreateClient(Capability<T> capability)
    {
        EnsureRegistered();
        return _client!(capability);
    }

    public static IRpcDispatcher CreateDispatcher(T target)
    {
        EnsureRegistered();
        return _dispatcher!(target);
    }

    private static void EnsureRegistered()
    {
        if (Volatile.Read(ref _client) is not null)
            return;
        RuntimeHelpers.RunModuleConstructor(typeof(T).Module.ModuleHandle);
        if (Volatile.Read(ref _client) is null)
            throw new InvalidOperationException($"{typeof(T)} has no generated client: mark it [RpcInterface] and reference Drover.Rpc.Generator");
    }
}
