using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Memory;

namespace Drover.Core.Services;

/// <summary>One read-only module. Never blocks; to be served inline.</summary>
public sealed class RomSession : IRomSession
{
    public RomSession(Kernel kernel, RomModule module)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(module);
        Module = module;
        Content = kernel.CreateRomDataspace(module.Memory, $"ROM {module.Name}");
    }

    public RomModule Module { get; }

    /// <summary>The same dataspace at each call.</summary>
    public Dataspace Content { get; }

    public Capability<IDataspace> Dataspace() => Content.ToCapability<IDataspace>();

    public ulong LengthBytes() => Module.LengthBytes;
}
