using System.Runtime.Intrinsics.X86;
using Drover.Images.State;

namespace Drover.Node.Machine;

/// <summary>What the CPUs of this machine have.</summary>
internal static class LocalCpu
{
    /// <summary>CPUID leaf of the XSAVE state (Intel SDM volume 1, chapter 13).</summary>
    private const int XsaveLeaf = 0xd;

    public static CpuRequirements Describe()
    {
        (int eax, int ebx, int _, int edx) = X86Base.CpuId(XsaveLeaf, 0);
        string flags = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "";
        return new CpuRequirements
        {
            Features = [.. flags[(flags.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)],
            XsaveFeatureBits = (uint)eax | ((ulong)(uint)edx << 32),
            XsaveAreaBytes = (uint)ebx,
        };
    }
}
