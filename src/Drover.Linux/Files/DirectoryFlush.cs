using Drover.Linux.Native;
using Drover.Platform;

namespace Drover.Linux.Files;

/// <summary>fsync(2) on directories. Throws <see cref="LinuxException"/> with the path.</summary>
public sealed class DirectoryFlush : IDirectoryFlush
{
    public void Flush(string directory)
    {
        using SafeFileDescriptor descriptor = SafeFileDescriptor.Open(directory, OpenFlags.ReadOnly | OpenFlags.Directory);
        LinuxException.Check(Libc.FlushFile(descriptor), "fsync", directory);
    }
}
