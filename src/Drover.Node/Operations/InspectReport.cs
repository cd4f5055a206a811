using System.Text.Json.Serialization;

namespace Drover.Node.Operations;

/// <summary>What is known of a live component, or of one in an image.</summary>
public sealed record InspectReport
{
    public required string Name { get; init; }

    /// <summary>The node of a live component; the node that wrote it for an image.</summary>
    public required string Node { get; init; }

    /// <summary>The image, null for a live component.</summary>
    public ImageInfo? Image { get; init; }

    public required string Program { get; init; }

    public required QuotaInfo Quota { get; init; }

    public required IReadOnlyList<SessionInfo> Sessions { get; init; }

    public required IReadOnlyList<ThreadInfo> Threads { get; init; }

    /// <summary>Ascending by address.</summary>
    public required IReadOnlyList<MemoryInfo> Memory { get; init; }

    /// <summary>Ascending by selector: every slot that is filled in the capability space or in the capability map.</summary>
    public required IReadOnlyList<CapabilitySlotInfo> Capabilities { get; init; }

    /// <summary>Valid entries of the object pool, ascending by label.</summary>
    public required IReadOnlyList<ObjectPoolEntryInfo> ObjectPool { get; init; }
}

/// <param name="Service">Such as "PD" or "LOG", or the name under which another component announced it.</param>
/// <param name="Label">The label it was opened with.</param>
/// <param name="Arguments">The arguments it was opened with, as text.</param>
/// <param name="Upgrades">Summed upgrades, as text; empty if there were none.</param>
public sealed record SessionInfo(string Service, string Label, string Arguments, string Upgrades);

/// <param name="ThreadId">Id inside the component.</param>
/// <param name="Name">The name the thread gave itself.</param>
/// <param name="State">What it does: "running", "calling", "waiting", "serving" or what else is known.</param>
public sealed record ThreadInfo(int ThreadId, string Name, string State);

/// <summary>One mapping of the address space.</summary>
/// <param name="Protection">As in /proc/pid/maps: "rwx" with "-" for what is not granted.</param>
/// <param name="Backing">"private", "file" or "dataspace".</param>
/// <param name="Name">The file or dataspace behind it, or the kernel's name for it; may be empty.</param>
public sealed record MemoryInfo(
    [property: JsonConverter(typeof(HexadecimalConverter))] ulong Start,
    [property: JsonConverter(typeof(HexadecimalConverter))] ulong End,
    string Protection,
    string Backing,
    string Name);

/// <summary>A slot of the capability space beside the component's own record of it.</summary>
/// <param name="Selector">The slot.</param>
/// <param name="Held">What core holds there; null if the component's map names an empty slot.</param>
/// <param name="Map">The component's capability-map entry; null if it has none.</param>
/// <param name="Deliveries">How often core delivered it and did not get it back; null if core holds nothing there.</param>
/// <param name="Object">What else is known of the object; null if nothing is.</param>
public sealed record CapabilitySlotInfo(
    uint Selector,
    CapabilityInfo? Held = null,
    CapabilityMapEntryInfo? Map = null,
    ulong? Deliveries = null,
    HeldObjectInfo? Object = null);

/// <summary>What the component wrote: not to be trusted.</summary>
public sealed record CapabilityMapEntryInfo(
    [property: JsonConverter(typeof(HexadecimalConverter))] ulong Badge, uint Owners, uint Deliveries);

/// <summary>What the component wrote: not to be trusted.</summary>
public sealed record ObjectPoolEntryInfo(
    uint Label, [property: JsonConverter(typeof(HexadecimalConverter))] ulong Badge, uint Selector);
