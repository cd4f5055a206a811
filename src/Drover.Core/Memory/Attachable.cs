using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;

namespace Drover.Core.Memory;

/// <summary>What can be attached to a region map: a container of memory, or a region map used as one.</summary>
public abstract class Attachable : KernelObject, IServedObject
{
    private readonly Dictionary<RegionMap, int> _users = []; // guarded by the kernel's lock
    private IRpcDispatcher? _dispatcher;

    private protected Attachable(Kernel kernel, ProtectionDomain? owner, Badge badge)
        : base(kernel, owner, badge)
    {
    }

    public override KernelObjectKind Kind => KernelObjectKind.Dataspace;

    public abstract ulong LengthBytes { get; }

    public abstract bool IsWritable { get; }

    ServiceMode IServedObject.Mode => ServiceMode.Inline;

    IRpcDispatcher IServedObject.Dispatcher =>
        _dispatcher ??= RpcBinding<IDataspace>.CreateDispatcher(new Properties(this));

    /// <summary>The region maps that it is attached to, each once.</summary>
    internal IReadOnlyCollection<RegionMap> Users => _users.Keys;

    internal void AddUser(RegionMap map) => _users[map] = _users.GetValueOrDefault(map) + 1;

    internal void RemoveUser(RegionMap map)
    {
        if (--_users[map] == 0)
            _users.Remove(map);
    }

    /// <summary>Ends every attachment of it.</summary>
    internal void DetachEverywhere()
    {
        foreach (RegionMap map in _users.Keys.ToArray())
            map.DetachAll(this);
    }

    private sealed class Properties(Attachable attachable) : IDataspace
    {
        public ulong LengthBytes() => attachable.LengthBytes;

        public bool Writable() => attachable.IsWritable;
    }
}
