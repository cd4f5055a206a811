using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>Identities of the files that one component maps or holds open. Asked for once per file: the descriptor
/// that is kept shows whether the file has changed since.</summary>
internal sealed class FileIdentities : IDisposable
{
    private readonly Dictionary<(string Path, ulong Inode), Known> _known = [];
    private int _reading;

    /// <summary>Begins to read a process: each file is looked at once more, however often it is mapped.</summary>
    public void BeginReading() => _reading++;

    /// <summary>The identity of the file with this path and inode.</summary>
    public FileIdentity Of(string path, ulong inode, Func<string, SafeHandle, FileIdentity> identify)
    {
        if (_known.TryGetValue((path, inode), out Known? known))
        {
            if (known.ConfirmedIn == _reading)
                return known.Identity;
            if (FileStatus.Of(known.File) == known.Status)
            {
                known.ConfirmedIn = _reading;
                return known.Identity;
            }

            _known.Remove((path, inode));
            known.File.Dispose();
        }
        SafeFileDescriptor file = Open(path, inode);
        try
        {
            FileStatus status = FileStatus.Of(file);
            FileIdentity identity = identify(path, file);
            _known.Add((path, inode), new Known(file, status, identity) { ConfirmedIn = _reading });
            return identity;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (Known known in _known.Values)
            known.File.Dispose();
        _known.Clear();
    }

    private static SafeFileDescriptor Open(string path, ulong inode)
    {
        SafeFileDescriptor file;
        try
        {
            file = SafeFileDescriptor.Open(path, OpenFlags.ReadOnly);
        }
        catch (LinuxException failure)
        {
            throw new NotKeepableException($"the file {path}, which is used but cannot be opened again: {failure.Message}");
        }
        FileStatus status = FileStatus.Of(file);
        if (status.Inode == inode && status.IsRegular)
            return file;
        file.Dispose();
        throw new NotKeepableException($"the file {path}, which has been replaced since it was opened");
    }

    private sealed record Known(SafeFileDescriptor File, FileStatus Status, FileIdentity Identity)
    {
        public int ConfirmedIn { get; set; }
    }
}
