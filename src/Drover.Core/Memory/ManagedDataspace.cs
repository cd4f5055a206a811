using Drover.Core.Capabilities;

namespace Drover.Core.Memory;

/// <summary>A region map used as a dataspace: what is attached to the map is seen through it.</summary>
public sealed class ManagedDataspace : Attachable
{
    internal ManagedDataspace(Kernel kernel, ProtectionDomain owner, Badge badge, RegionMapObject map)
        : base(kernel, owner, badge)
    {
        Map = map;
    }

    public RegionMapObject Map { get; }

    public override ulong LengthBytes => Map.LengthBytes;

    /// <summary>What is attached in the map may allow less.</summary>
    public override bool IsWritable => true;

    public override string Description => "managed dataspace";
}
