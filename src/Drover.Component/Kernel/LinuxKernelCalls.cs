using System.Runtime.InteropServices;
using Drover.Contracts.Abi;

namespace Drover.Component.Kernel;

/// <summary>Private calls by syscall(2).</summary>
internal sealed partial class LinuxKernelCalls : IKernelCalls
{
    internal const int EINTR = 4;
    internal const int ENOSYS = 38;

    public nint UtcbArea => unchecked((nint)UtcbLayout.AreaAddress);

    public CallResult Invoke(PrivateCall call, ulong first, ulong second, ulong sequence)
    {
        nint answer = SystemCallQuickly((nint)call, (nint)first, (nint)second, (nint)sequence);
        return answer >= 0 ? new((ulong)answer) : InvokeAgain(call, first, second, sequence);
    }

    /// <summary>Made again under the same number a call gives what it gave, or why it failed.</summary>
    private static CallResult InvokeAgain(PrivateCall call, ulong first, ulong second, ulong sequence)
    {
        while (true)
        {
            nint result = SystemCall((nint)call, (nint)first, (nint)second, (nint)sequence);
            if (result >= 0)
                return new((ulong)result);
            int errno = Marshal.GetLastPInvokeError();
            if (errno == EINTR)
                continue; // with the same sequence number, so that core gives the answer it kept
            if (errno == ENOSYS)
                throw new NotUnderDroverException();
            throw new SystemCallException(call.ToString(), errno);
        }
    }

    /// <summary>Without keeping errno.</summary>
    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCallQuickly(nint number, nint first, nint second, nint third);

    // syscall(2) is variadic; on x86-64 its integer arguments travel as those of any other function.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);
}
