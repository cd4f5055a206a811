using System.Buffers.Binary;
using Drover.Linux.Native;

namespace Drover.Linux.Tracing;

/// <summary>.NET installs a SIGCHLD handler once a process was started by it, and each ptrace stop would then run that
/// handler too, which doubles its cost. Stops are none of its business: SA_NOCLDSTOP says so.</summary>
internal static unsafe class ChildSignal
{
    /// <summary>struct sigaction of the GNU C library (x86-64): handler, 128 bytes of mask, flags, restorer.</summary>
    public const int StructBytes = 152;

    public const int FlagsOffset = 136;

    private const int NoStops = 1; // SA_NOCLDSTOP

    public static void HushStops()
    {
        byte* action = stackalloc byte[StructBytes];
        LinuxException.Check(Libc.SignalAction(Signals.Child, null, action), "sigaction");
        Span<byte> flagBytes = new(action + FlagsOffset, sizeof(int));
        int flags = BinaryPrimitives.ReadInt32LittleEndian(flagBytes);
        bool hasHandler = *(ulong*)action > 1; // neither SIG_DFL nor SIG_IGN
        if (!hasHandler || (flags & NoStops) != 0)
            return;
        BinaryPrimitives.WriteInt32LittleEndian(flagBytes, flags | NoStops);
        LinuxException.Check(Libc.SignalAction(Signals.Child, action, null), "sigaction");
    }
}
