namespace Drover.Linux.Processes;

/// <summary>Entries of the auxiliary vector (getauxval(3)).</summary>
internal static class AuxiliaryVector
{
    public const ulong End = 0;
    public const ulong Ignore = 1;

    /// <summary>AT_SYSINFO_EHDR: where the vDSO is.</summary>
    public const ulong KernelPage = 33;
}
