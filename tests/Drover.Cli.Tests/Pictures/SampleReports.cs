using System.Globalization;
using Drover.Node.Operations;

namespace Drover.Cli.Tests.Pictures;

/// <summary>Reports of components that there could be.</summary>
internal static class SampleReports
{
    public const ulong NodeA = 0x5cd762c8_00000000;
    public const ulong NodeB = 0x72872ccd_00000000;

    /// <summary>What could stand in a name that a component chose to do harm.</summary>
    public const string Hostile =
        "]]><script>alert(1)</script>&amp;\"'\u0000\u0007\u001b[31m\u202e\u200b\ufffe\ud800 \t\n\u2028<!--"
        + "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307";

    /// <summary>Sessions, memory and signals, then gates, until there are as many capabilities as asked for.</summary>
    public static InspectReport Of(int capabilities, ulong node = NodeA, string? image = null)
    {
        List<CapabilitySlotInfo> slots = [];
        List<ObjectPoolEntryInfo> pool = [];
        (string Kind, string Label)[] first =
        [
            ("Parent", "Sample"), ("PD", "Sample"), ("CPU", "Sample"), ("RM", "Sample"), ("Dataspace", "capability space"),
            ("Timer", "Sample"), ("SignalSource", ""), ("SignalContext", "imprint 1"), ("Session", "Sheep"),
        ];
        foreach ((string kind, string label) in first.Take(capabilities))
            slots.Add(Slot(Selector(slots), kind, label, node, Details(kind)));
        for (uint label = 0; slots.Count < capabilities; label++)
        {
            uint selector = Selector(slots);
            slots.Add(Slot(selector, "Gate", label.ToString(CultureInfo.InvariantCulture), node, new HeldObjectInfo { Entrypoint = label % 3 }));
            pool.Add(new ObjectPoolEntryInfo(label, slots[^1].Held!.Badge, selector));
        }

        return Report("Sample", node, image, slots, pool);
    }

    /// <summary>Of each kind of object many.</summary>
    public static InspectReport OfManyKinds(int ofEach, ulong node = NodeA)
    {
        List<CapabilitySlotInfo> slots = [];
        foreach (string kind in (string[])["Gate", "Session", "Dataspace", "RegionMap", "SignalContext", "Thread", "ROM", "Revoked", "NativeCapability"])
        {
            for (int number = 0; number < ofEach; number++)
                slots.Add(Slot(Selector(slots), kind, kind == "SignalContext" ? $"imprint {number * 3}" : kind.ToLowerInvariant(), node, Details(kind)));
        }

        return Report("ManyKinds", node, null, slots, []);
    }

    /// <summary>Tables that do not hold together, and names that were chosen to do harm.</summary>
    public static InspectReport OfHostile(int copies)
    {
        List<CapabilitySlotInfo> slots = [];
        List<ObjectPoolEntryInfo> pool = [];
        for (int copy = 0; copy < copies; copy++)
        {
            slots.Add(Slot(Selector(slots), Hostile, Hostile + new string('W', 5000), NodeA, null));
            slots.Add(Slot(Selector(slots), "Gate", Hostile, NodeA, new HeldObjectInfo { Entrypoint = uint.MaxValue }));
            slots.Add(Slot(Selector(slots), "LOG", "\u4e2d\u6587\ud83d\udc11\ufdfd\u0645\u0631\u062d\u0628\u0627", NodeA, new HeldObjectInfo { LengthBytes = ulong.MaxValue, ReadOnly = true }));
            slots.Add(new CapabilitySlotInfo(Selector(slots), null, new CapabilityMapEntryInfo(ulong.MaxValue, uint.MaxValue, uint.MaxValue)));
            slots.Add(Slot(Selector(slots), "Gate", "18446744073709551615", NodeA, null) with { Map = new CapabilityMapEntryInfo(7, 0, 0) });
            slots.Add(Slot(Selector(slots), "Revoked", Hostile, NodeA, null));
            slots.Add(Slot(Selector(slots), "PD", "", NodeA, null) with { Map = null });
            pool.Add(new ObjectPoolEntryInfo((uint)copy, slots[^6].Held!.Badge, slots[^6].Selector));
            pool.Add(new ObjectPoolEntryInfo((uint)(copies + copy), 1, slots[^6].Selector));
            pool.Add(new ObjectPoolEntryInfo((uint)(uint.MaxValue - copy), 1, (uint)(uint.MaxValue - (copy % 3))));
        }

        return Report(Hostile, NodeA, "/tmp/" + Hostile.Replace("\0", "", StringComparison.Ordinal), slots, pool) with { Node = Hostile };
    }

    /// <summary>The same component after a restore: new badges, and what the node does not have is void.</summary>
    public static InspectReport Restored(InspectReport before, params IReadOnlyList<uint> becomeVoid)
    {
        ulong Rebadge(ulong badge) => NodeB | ((badge + 100) & uint.MaxValue);
        return before with
        {
            Node = "ecu-b",
            Image = null,
            Capabilities =
            [
                .. before.Capabilities.Select(slot => slot with
                {
                    Held = slot.Held is { } held
                        ? held with
                        {
                            Badge = Rebadge(held.Badge),
                            Kind = becomeVoid.Contains(slot.Selector) ? "Revoked" : held.Kind,
                        }
                        : null,
                    Map = slot.Map is { } map ? map with { Badge = Rebadge(map.Badge) } : null,
                }),
            ],
            ObjectPool = [.. before.ObjectPool.Select(entry => entry with { Badge = Rebadge(entry.Badge) })],
        };
    }

    private static uint Selector(List<CapabilitySlotInfo> slots) => (uint)(slots.Count < 4 ? slots.Count + 1 : slots.Count + 12);

    private static CapabilitySlotInfo Slot(uint selector, string kind, string label, ulong node, HeldObjectInfo? details) => new(
        selector,
        new CapabilityInfo(kind, label, selector, node | (selector + 1)),
        new CapabilityMapEntryInfo(node | (selector + 1), (selector % 3) + 1, 1),
        1,
        details);

    private static HeldObjectInfo? Details(string kind) => kind switch
    {
        "Dataspace" or "RegionMap" => new HeldObjectInfo { LengthBytes = 64 << 20 },
        "Timer" => new HeldObjectInfo { TimerRemainingMs = 120, TimerPeriodMs = 500 },
        "SignalContext" => new HeldObjectInfo { PendingSignals = 3 },
        "Gate" => new HeldObjectInfo { Entrypoint = 0 },
        _ => null,
    };

    private static InspectReport Report(
        string name, ulong node, string? image, List<CapabilitySlotInfo> slots, List<ObjectPoolEntryInfo> pool) => new()
        {
            Name = name,
            Node = node == NodeA ? "ecu-a" : "ecu-b",
            Image = image is null ? null : new ImageInfo(image, 5 << 20),
            Program = $"/home/somebody/secret/{name}.dll",
            Quota = new QuotaInfo(512 << 20, 72 << 10, 10_000, slots.Count),
            Sessions = [],
            Threads = [],
            Memory = [],
            Capabilities = slots,
            ObjectPool = pool,
        };
}
