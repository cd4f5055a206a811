using Drover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Drover.Linux.Files;

/// <summary>Opens files whose names come from somewhere else.</summary>
public static class RegularFile
{
    /// <summary>Opens a file for reading; the caller owns the result.</summary>
    /// <remarks>What it is, is looked at before it is opened: to open a FIFO would mean to wait for who writes to it, and to open a
    /// device may do anything.</remarks>
    /// <exception cref="IOException">It is not there, may not be read, or is something else than a file.</exception>
    public static SafeFileHandle OpenRead(string path)
    {
        try
        {
            using SafeFileDescriptor place = SafeFileDescriptor.Open(path, OpenFlags.PathOnly);
            if (!FileStatus.Of(place).IsRegular)
                throw new IOException($"'{path}' is not a file");
            int opened = LinuxException.Check(
                Libc.Open($"/proc/self/fd/{place.Number}", OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0), "open", path);
            return new SafeFileHandle(opened, ownsHandle: true);
        }
        catch (LinuxException failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }
}
