using System.Runtime.InteropServices;

namespace Drover.Linux.Native;

/// <summary>A system call that failed for a reason of the environment; names the call and the error.</summary>
public sealed class LinuxException : Exception
{
    public LinuxException(string call, int errno, string? detail = null)
        : base(Describe(call, errno, detail))
    {
        Call = call;
        Errno = errno;
    }

    /// <summary>Name of the system call.</summary>
    public string Call { get; }

    /// <summary>The error number, positive.</summary>
    public int Errno { get; }

    /// <summary>Throws for the errno of the P/Invoke that this thread just made.</summary>
    internal static LinuxException Last(string call, string? detail = null) =>
        new(call, Marshal.GetLastPInvokeError(), detail);

    /// <summary>Passes a result on, or throws if it is -1.</summary>
    internal static nint Check(nint result, string call, string? detail = null) =>
        result == -1 ? throw Last(call, detail) : result;

    internal static int Check(int result, string call, string? detail = null) =>
        result == -1 ? throw Last(call, detail) : result;

    private static string Describe(string call, int errno, string? detail)
    {
        string text = $"{call}: {ErrnoName.Of(errno)}: {Marshal.GetPInvokeErrorMessage(errno)}";
        return detail is null ? text : $"{text} ({detail})";
    }
}
