using System.Runtime.InteropServices;

namespace Drover.Component.Kernel;

/// <summary>Linux refused a call that the base library needs.</summary>
public sealed class SystemCallException(string call, int errno)
    : Exception($"{call}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
{
    public string Call { get; } = call;

    public int Errno { get; } = errno;
}
