using Drover.Linux.Memory;

namespace Drover.Linux.Stub;

/// <summary>Where the stub lies in every process: one page of code, then pages for the table of calls. Both are sealed
/// with mseal(2) before the component's first instruction.</summary>
internal static class StubLayout
{
    public const ulong CodeAddress = PageMath.UserStart;
    public const ulong CodeBytes = PageMath.PageBytes;
    public const ulong CodeEnd = CodeAddress + CodeBytes;

    public const ulong DataAddress = CodeEnd;
    public const int DataBytes = 16 * (int)PageMath.PageBytes;

    /// <summary>First address behind the stub; everything up to here belongs to it.</summary>
    public const ulong End = DataAddress + DataBytes;
}
