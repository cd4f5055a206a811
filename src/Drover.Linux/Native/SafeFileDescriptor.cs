using Microsoft.Win32.SafeHandles;

namespace Drover.Linux.Native;

/// <summary>Owns one file descriptor of this process.</summary>
public sealed class SafeFileDescriptor : SafeHandleMinusOneIsInvalid
{
    public SafeFileDescriptor()
        : base(ownsHandle: true)
    {
    }

    /// <summary>Takes ownership of an open descriptor.</summary>
    internal SafeFileDescriptor(int number)
        : base(ownsHandle: true) => SetHandle(number);

    /// <summary>The number; valid only while the caller keeps this object from being disposed.</summary>
    internal int Number => (int)handle;

    /// <summary>Takes ownership of a call's result, or throws if it is -1.</summary>
    internal static SafeFileDescriptor Adopt(nint result, string call, string? detail = null) =>
        new((int)LinuxException.Check(result, call, detail));

    /// <summary>Opens a path with O_CLOEXEC.</summary>
    internal static SafeFileDescriptor Open(string path, int flags) =>
        Adopt(Libc.Open(path, flags | OpenFlags.CloseOnExec, 0), "open", path);

    /// <summary>Another descriptor of the same open file, with a number not below the given one.</summary>
    internal SafeFileDescriptor Duplicate(int lowestNumber = 0) =>
        Adopt(Libc.Fcntl(this, Fcntl.DuplicateCloseOnExec, lowestNumber), "fcntl");

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
