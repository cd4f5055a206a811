using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Native;
using Drover.Platform.Traps;

namespace Drover.Linux.Personality;

/// <summary>Calls that name files: everything comes from the view, nothing can be written.</summary>
internal sealed class FileCalls(IFileView view)
{
    private const int AT_FDCWD = -100;
    private const ulong AT_SYMLINK_NOFOLLOW = 0x100;
    private const ulong AT_EMPTY_PATH = 0x1000;
    private const ulong O_ACCMODE = 3;
    private const ulong O_CREAT = 0x40;
    private const ulong O_DIRECTORY = 0x10000;
    private const ulong O_NOFOLLOW = 0x20000;
    private const ulong O_CLOEXEC = 0x80000;
    private const ulong O_PATH = 0x200000;
    private const ulong W_OK = 2;
    private const ulong X_OK = 1;
    private const int EISDIR = 21;
    private const int EROFS = 30;
    private const int ELOOP = 40;
    private const int ENFILE = 23;
    private const int MaximumLinks = 16;
    private const long SyntheticLimitBytes = 32 << 20;

    private readonly SyntheticBudget _budget = new(SyntheticLimitBytes);

    public void Open(ITrapPort port, in TrappedCall call, int folder, ulong pathAddress, ulong flags)
    {
        int errno = Find(port, call, folder, pathAddress, follow: (flags & O_NOFOLLOW) == 0, out string path, out ViewEntry? entry);
        bool writes = (flags & O_ACCMODE) != 0;
        if (errno == Errno.ENOENT && (flags & O_CREAT) != 0)
            errno = EROFS;
        else if (errno == 0)
            errno = Refusal(entry!, flags, writes);
        if (errno != 0)
        {
            port.Fail(call.Id, errno);
            return;
        }
        try
        {
            using SafeFileDescriptor opened = OpenEntry(entry!, path, writes, call.HostThreadId);
            port.AnswerWithDescriptor(call.Id, opened, (flags & O_CLOEXEC) != 0);
        }
        catch (LinuxException failure)
        {
            port.Fail(call.Id, failure.Errno);
        }
    }

    public void Stat(ITrapPort port, in TrappedCall call, int folder, ulong pathAddress, ulong statAddress, ulong flags)
    {
        int errno = ComponentPath.TryRead(port, pathAddress, out string raw);
        Span<byte> stat = stackalloc byte[FileStat.StructBytes];
        if (errno == 0 && raw.Length == 0 && (flags & AT_EMPTY_PATH) != 0 && folder != AT_FDCWD)
            errno = DescriptorCalls.StatDescriptor(call.HostThreadId, folder, stat);
        else if (errno == 0)
        {
            errno = Find(port, call, folder, raw, (flags & AT_SYMLINK_NOFOLLOW) == 0, out string path, out ViewEntry? entry);
            if (errno == 0)
                errno = StatEntry(entry!, path, stat);
        }
        AnswerMemory.Reply(port, call.Id, errno, statAddress, stat, 0);
    }

    public void Access(ITrapPort port, in TrappedCall call, int folder, ulong pathAddress, ulong mode)
    {
        Span<byte> stat = stackalloc byte[FileStat.StructBytes];
        int errno = Find(port, call, folder, pathAddress, follow: true, out string path, out ViewEntry? entry);
        if (errno == 0)
            errno = StatEntry(entry!, path, stat);
        if (errno == 0 && (mode & W_OK) != 0 && entry is not (ViewEntry.HostDevice or ViewEntry.ThreadName))
            errno = EROFS;
        if (errno == 0 && (mode & X_OK) != 0 && (FileStat.Mode(stat) & 0x49) == 0)
            errno = Errno.EACCES;
        AnswerMemory.Reply(port, call.Id, errno, 0, [], 0);
    }

    public void ReadLink(ITrapPort port, in TrappedCall call, int folder, ulong pathAddress, ulong buffer, ulong length)
    {
        int errno = Find(port, call, folder, pathAddress, follow: false, out _, out ViewEntry? entry);
        if (errno == 0 && (entry is not ViewEntry.Link || (int)length <= 0))
            errno = Errno.EINVAL;
        byte[] target = errno == 0 ? Encoding.UTF8.GetBytes(((ViewEntry.Link)entry!).Target) : [];
        int given = (int)Math.Min((ulong)target.Length, length);
        AnswerMemory.Reply(port, call.Id, errno, buffer, target.AsSpan(0, given), given);
    }

    public void StatFileSystem(ITrapPort port, in TrappedCall call, ulong pathAddress, ulong buffer)
    {
        int errno = Find(port, call, AT_FDCWD, pathAddress, follow: true, out string path, out _);
        Span<byte> result = stackalloc byte[FileSystemStat.StructBytes];
        FileSystemStat.Write(result, path);
        AnswerMemory.Reply(port, call.Id, errno, buffer, result, 0);
    }

    private static int Refusal(ViewEntry entry, ulong flags, bool writes) => entry switch
    {
        ViewEntry.Link => ELOOP, // O_NOFOLLOW
        ViewEntry.Directory when writes => EISDIR,
        ViewEntry.Directory => 0,
        _ when (flags & O_DIRECTORY) != 0 => Errno.ENOTDIR,
        _ when (flags & O_PATH) != 0 => Errno.EOPNOTSUPP,
        ViewEntry.HostDevice or ViewEntry.ThreadName => 0,
        _ => writes ? EROFS : 0,
    };

    private SafeFileDescriptor OpenEntry(ViewEntry entry, string path, bool writes, int hostThreadId) => entry switch
    {
        ViewEntry.HostFile file => SafeFileDescriptor.Open(file.HostPath, OpenFlags.ReadOnly | OpenFlags.NoFollow),
        ViewEntry.HostDevice device =>
            SafeFileDescriptor.Open(device.HostPath, writes ? OpenFlags.ReadWrite : OpenFlags.ReadOnly),
        ViewEntry.ThreadName name when writes => SafeFileDescriptor.Open(name.HostPath, OpenFlags.ReadWrite),
        ViewEntry.ThreadName name => Make(SyntheticKind.File, path, name.Content.Span, hostThreadId),
        ViewEntry.Memory memory => Reopen(memory.Descriptor),
        ViewEntry.Synthetic synthetic => Make(SyntheticKind.File, path, synthetic.Content.Span, hostThreadId),
        ViewEntry.Directory directory =>
            Make(SyntheticKind.Directory, path, DirectoryEntries.Render(path, directory.List()), hostThreadId),
        _ => throw new LinuxException("open", Errno.EACCES),
    };

    private SafeFileDescriptor Make(SyntheticKind kind, string path, ReadOnlySpan<byte> content, int hostThreadId) =>
        _budget.TryTake(hostThreadId, content.Length)
            ? SyntheticDescriptor.Create(kind, path, content)
            : throw new LinuxException("open", ENFILE, "made-up files that are kept");

    /// <summary>A description of its own: offsets are not shared between opens.</summary>
    private static SafeFileDescriptor Reopen(SafeHandle memory)
    {
        bool added = false;
        try
        {
            memory.DangerousAddRef(ref added);
            return SafeFileDescriptor.Open($"/proc/self/fd/{memory.DangerousGetHandle()}", OpenFlags.ReadOnly);
        }
        finally
        {
            if (added)
                memory.DangerousRelease();
        }
    }

    private static int StatEntry(ViewEntry entry, string path, Span<byte> stat)
    {
        switch (entry)
        {
            case ViewEntry.HostFile file:
                return FileStat.Of(file.HostPath, follow: false, stat);
            case ViewEntry.HostDevice device:
                return FileStat.Of(device.HostPath, follow: false, stat);
            case ViewEntry.Memory memory:
                FileStat.Write(stat, FileStat.RegularFile, 0x124, memory.LengthBytes, path);
                return 0;
            case ViewEntry.ThreadName name:
                FileStat.Write(stat, FileStat.RegularFile, 0x1a4, name.Content.Length, path);
                return 0;
            case ViewEntry.Synthetic synthetic:
                FileStat.Write(stat, FileStat.RegularFile, 0x124, synthetic.Content.Length, path);
                return 0;
            case ViewEntry.Link link:
                FileStat.Write(stat, FileStat.Link, 0x1ff, link.Target.Length, path);
                return 0;
            default:
                FileStat.Write(stat, FileStat.Directory, 0x16d, 4096, path);
                return 0;
        }
    }

    private int Find(
        ITrapPort port, in TrappedCall call, int folder, ulong pathAddress, bool follow, out string path, out ViewEntry? entry)
    {
        int errno = ComponentPath.TryRead(port, pathAddress, out string raw);
        path = "";
        entry = null;
        return errno != 0 ? errno : Find(port, call, folder, raw, follow, out path, out entry);
    }

    private int Find(
        ITrapPort port, in TrappedCall call, int folder, string raw, bool follow, out string path, out ViewEntry? entry)
    {
        path = "";
        entry = null;
        if (raw.Length == 0)
            return Errno.ENOENT;
        string? start = raw[0] == '/' || folder == AT_FDCWD ? "/" : DescriptorCalls.FolderOf(call.HostThreadId, folder);
        if (start is null)
            return Errno.EBADF;
        ViewAsker asker = new(call.HostThreadId, port.NamespaceThreadId(call.HostThreadId));
        path = ComponentPath.Normalise(start, raw);
        for (int links = 0; links < MaximumLinks; links++)
        {
            entry = view.Find(path, asker);
            if (entry is null)
                return Errno.ENOENT;
            if (entry is not ViewEntry.Directory && raw.EndsWith('/') && entry is not ViewEntry.Link)
                return Errno.ENOTDIR;
            if (entry is not ViewEntry.Link link || !follow)
                return 0;
            path = ComponentPath.Normalise(ComponentPath.Folder(path), link.Target);
        }
        return ELOOP;
    }
}
