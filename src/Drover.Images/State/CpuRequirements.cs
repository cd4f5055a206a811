namespace Drover.Images.State;

/// <summary>What a CPU must have for the image's registers and code.</summary>
public sealed record CpuRequirements
{
    /// <summary>Names as in the flags line of /proc/cpuinfo.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>The XSAVE state components in use: bits of XCR0.</summary>
    public required ulong XsaveFeatureBits { get; init; }

    /// <summary>Bytes of the XSAVE area for them (CPUID leaf 0xD, EBX).</summary>
    public required uint XsaveAreaBytes { get; init; }

    /// <summary>What <paramref name="available"/> lacks, by name; empty if the image can run there.</summary>
    public IReadOnlyList<string> MissingOn(CpuRequirements available)
    {
        ArgumentNullException.ThrowIfNull(available);
        var present = available.Features.ToHashSet(StringComparer.Ordinal);
        var missing = Features.Where(feature => !present.Contains(feature)).ToList();
        ulong components = XsaveFeatureBits & ~available.XsaveFeatureBits;
        if (components != 0)
            missing.Add($"xsave components 0x{components:x}");
        // The kernel refuses a register set of another length than its own.
        if (XsaveAreaBytes != available.XsaveAreaBytes)
            missing.Add($"an xsave area of {XsaveAreaBytes} bytes (here {available.XsaveAreaBytes})");
        return missing;
    }
}
