namespace Drover.Linux.Seccomp;

/// <summary>
/// The descriptor numbers whose writes go to the console. 1 and 2 are the null device; so are the copies that a
/// program makes of them (.NET's Console does), which get a number from a range of their own: even for standard
/// output, odd for standard error. So the number alone tells the filter that a write is trapped and the handler which
/// stream it is for, also after a restore.
/// </summary>
internal static class ConsoleDescriptors
{
    public const int Output = 1;
    public const int Error = 2;

    /// <summary>First number of the range; a multiple of <see cref="CopyCount"/>.</summary>
    public const int FirstCopy = 192;

    /// <summary>Length of the range; a power of two.</summary>
    public const int CopyCount = 64;

    /// <summary>What a number has in common with all of the range under <see cref="RangeMask"/>.</summary>
    public const uint RangeMask = ~(CopyCount - 1u);

    public static bool IsConsole(int descriptor) =>
        descriptor is Output or Error || ((uint)descriptor & RangeMask) == FirstCopy;

    public static bool IsError(int descriptor) =>
        descriptor == Error || (descriptor != Output && (descriptor & 1) == 1);
}
