namespace Drover.Core.Memory;

/// <summary>Keeps region maps from containing themselves and from being nested too deep. Under the kernel's lock.</summary>
internal static class Nesting
{
    /// <summary>True if the inner map may be attached to the outer one.</summary>
    public static bool Allows(RegionMap outer, RegionMapObject inner)
    {
        Dictionary<RegionMap, int> heights = [];
        int height = Height(inner.Regions, heights);
        // A map that contains the outer one in some way was met on the way down.
        return !heights.ContainsKey(outer) && height + DepthOf(outer, []) <= RegionMap.MaximumNesting;
    }

    /// <summary>Levels of region maps in the map, its own included.</summary>
    private static int Height(RegionMap map, Dictionary<RegionMap, int> known)
    {
        if (known.TryGetValue(map, out int height))
            return height;
        height = 0;
        foreach (Attachment attachment in map.Attachments)
        {
            if (attachment.Dataspace is ManagedDataspace inner)
                height = Math.Max(height, Height(inner.Map.Regions, known));
        }

        return known[map] = height + 1;
    }

    /// <summary>Levels of region maps from the outermost one to the map, its own included; an address space is none.</summary>
    private static int DepthOf(RegionMap map, Dictionary<RegionMap, int> known)
    {
        if (map.Managed is not { } managed)
            return 0;
        if (known.TryGetValue(map, out int depth))
            return depth;
        depth = 0;
        foreach (RegionMap user in managed.Dataspace.Users)
            depth = Math.Max(depth, DepthOf(user, known));
        return known[map] = depth + 1;
    }
}
