namespace Drover.Linux.Processes;

/// <summary>Commands by which a process registers for membarrier(2).</summary>
internal static class MembarrierRegistration
{
    public static ReadOnlySpan<int> Commands =>
    [
        1 << 2, // REGISTER_GLOBAL_EXPEDITED
        1 << 4, // REGISTER_PRIVATE_EXPEDITED
        1 << 6, // REGISTER_PRIVATE_EXPEDITED_SYNC_CORE
        1 << 8, // REGISTER_PRIVATE_EXPEDITED_RSEQ
    ];
}
