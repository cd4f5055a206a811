namespace Drover.Linux.Seccomp;

internal enum VerdictKind
{
    /// <summary>The kernel carries the call out.</summary>
    Native,

    /// <summary>The call waits for the trap handler.</summary>
    Trap,

    /// <summary>The call returns an error, or zero without having done anything.</summary>
    Refuse,

    /// <summary>The process ends with SIGSYS.</summary>
    Kill,
}

/// <summary>What becomes of a call.</summary>
/// <param name="Errno">For <see cref="VerdictKind.Refuse"/>: the errno, or 0 to pretend success.</param>
internal readonly record struct Verdict(VerdictKind Kind, ushort Errno = 0)
{
    public static Verdict Native => new(VerdictKind.Native);

    public static Verdict Trap => new(VerdictKind.Trap);

    public static Verdict Kill => new(VerdictKind.Kill);

    /// <summary>The call returns 0 and does nothing.</summary>
    public static Verdict Pretend => new(VerdictKind.Refuse, 0);

    public static Verdict Refuse(ushort errno) => new(VerdictKind.Refuse, errno);

    /// <summary>The value that the filter returns (SECCOMP_RET_* of linux/seccomp.h).</summary>
    public uint ReturnValue => Kind switch
    {
        VerdictKind.Native => 0x7fff0000,
        VerdictKind.Trap => 0x7fc00000,
        VerdictKind.Refuse => 0x00050000u | Errno,
        _ => 0x80000000,
    };
}
