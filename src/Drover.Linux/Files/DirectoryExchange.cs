using Drover.Linux.Native;
using Drover.Platform;

namespace Drover.Linux.Files;

/// <summary>Directories trade names with renameat2(2).</summary>
public sealed class DirectoryExchange : IDirectoryExchange
{
    public void Exchange(string one, string other)
    {
        if (Libc.Rename(Libc.WorkingDirectory, one, Libc.WorkingDirectory, other, Libc.RenameExchange) == 0)
            return;
        LinuxException failure = LinuxException.Last("renameat2", $"{one} and {other}");
        throw new IOException(failure.Message, failure);
    }
}
