using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Memory;

namespace Drover.Core.Services;

/// <summary>One read-only module. Never blocks; to be served inline. Its dataspace ends with it: it is detached
/// everywhere and capabilities to it are void, in whatever component they are.</summary>
public sealed class RomSession : IRomSession, IDisposable
{
    private readonly RomRegistry _registry;

    internal RomSession(RomRegistry registry, RomModule module, Dataspace content)
    {
        _registry = registry;
        Module = module;
        Content = content;
    }

    public RomModule Module { get; }

    /// <summary>The same dataspace at each call.</summary>
    public Dataspace Content { get; }

    public Capability<IDataspace> Dataspace() => Content.ToCapability<IDataspace>();

    public ulong LengthBytes() => Module.LengthBytes;

    public void Dispose() => _registry.Close(this);
}
