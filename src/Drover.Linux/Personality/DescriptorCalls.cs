using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Linux.Seccomp;
using Drover.Platform.Traps;

namespace Drover.Linux.Personality;

/// <summary>Calls on descriptors that are not what the kernel takes them for: made-up files and directories, and the
/// console.</summary>
internal sealed class DescriptorCalls : IDisposable
{
    private const int ENOTDIR = Errno.ENOTDIR;
    private const int MaximumListingBytes = 32 * 1024;
    private const int SeekCurrent = 1;
    private const int SeekStart = 0;

    private readonly byte[] _listing = new byte[MaximumListingBytes]; // dispatch thread only
    private readonly SafeFileDescriptor _null = SafeFileDescriptor.Open("/dev/null", OpenFlags.ReadWrite);

    public void Dispose() => _null.Dispose();

    public static void Stat(ITrapPort port, in TrappedCall call, int descriptor, ulong statAddress)
    {
        Span<byte> stat = stackalloc byte[FileStat.StructBytes];
        int errno = StatDescriptor(call.HostThreadId, descriptor, stat);
        AnswerMemory.Reply(port, call.Id, errno, statAddress, stat, 0);
    }

    /// <summary>fstat(2) on a descriptor of that thread's process.</summary>
    /// <returns>0, or the errno.</returns>
    public static int StatDescriptor(int hostThreadId, int descriptor, Span<byte> stat)
    {
        if (descriptor < 0 || FileStat.Of(Link(hostThreadId, descriptor), follow: true, stat) != 0)
            return Errno.EBADF;
        if (Synthetic(hostThreadId, descriptor) is { } made)
        {
            uint mode = made.Kind == SyntheticKind.Directory ? FileStat.Directory | 0x16d : FileStat.RegularFile | 0x124;
            FileStat.ChangeMode(stat, mode);
        }
        return 0;
    }

    /// <summary>The path of a directory opened for listing; null if the descriptor is none.</summary>
    public static string? FolderOf(int hostThreadId, int descriptor) =>
        Synthetic(hostThreadId, descriptor) is { Kind: SyntheticKind.Directory, Path.Length: > 0 } made ? made.Path : null;

    /// <summary>getdents64(2).</summary>
    public unsafe void List(ITrapPort port, in TrappedCall call, int descriptor, ulong buffer, ulong lengthBytes)
    {
        if (Synthetic(call.HostThreadId, descriptor) is not { Kind: SyntheticKind.Directory })
        {
            port.Fail(call.Id, ENOTDIR);
            return;
        }
        using SafeFileDescriptor? thread = PidDescriptor.TryOpenThread(call.HostThreadId);
        // The thread still waits, so that the id was its own when the descriptor was opened.
        if (thread is null || !port.IsWaiting(call.Id))
            return;
        using SafeFileDescriptor? shared = PidDescriptor.TryGet(thread, descriptor);
        if (shared is null)
        {
            port.Fail(call.Id, Errno.EBADF);
            return;
        }
        long offset = Libc.Seek(shared, 0, SeekCurrent);
        int room = (int)Math.Min(lengthBytes, (ulong)_listing.Length);
        nint got;
        fixed (byte* start = _listing)
            got = offset < 0 ? -1 : Libc.ReadAt(shared, start, (nuint)room, offset);
        int whole = got <= 0 ? 0 : DirectoryEntries.WholeRecords(_listing.AsSpan(0, (int)got));
        if (got < 0 || (got > 0 && whole == 0))
        {
            port.Fail(call.Id, Errno.EINVAL);
            return;
        }
        if (whole > 0)
            _ = Libc.Seek(shared, offset + whole, SeekStart);
        AnswerMemory.Reply(port, call.Id, 0, buffer, _listing.AsSpan(0, whole), whole);
    }

    /// <summary>dup(2) and fcntl(2) with F_DUPFD of a descriptor of the console: the copy gets a number that is known to
    /// be the console's.</summary>
    public void Duplicate(ITrapPort port, in TrappedCall call, int descriptor, ulong minimum, bool closeOnExec)
    {
        if (minimum > ConsoleDescriptors.FirstCopy || !IsConsole(call.HostThreadId, descriptor))
        {
            // Redirected: the number no longer is the console's. A wrong guess would only lose output.
            port.Continue(call.Id);
            return;
        }
        int parity = ConsoleDescriptors.IsError(descriptor) ? 1 : 0;
        for (int number = ConsoleDescriptors.FirstCopy + parity;
            number < ConsoleDescriptors.FirstCopy + ConsoleDescriptors.CopyCount;
            number += 2)
        {
            if (LinkTarget.TryRead(Link(call.HostThreadId, number)) is null)
            {
                port.AnswerWithDescriptorAt(call.Id, _null, number, closeOnExec);
                return;
            }
        }
        port.Fail(call.Id, Errno.EMFILE);
    }

    /// <summary>True if the number still is the null device that stands for the console.</summary>
    public static bool IsConsole(int hostThreadId, int descriptor)
    {
        Span<byte> stat = stackalloc byte[FileStat.StructBytes];
        return ConsoleDescriptors.IsConsole(descriptor)
            && FileStat.Of(Link(hostThreadId, descriptor), follow: true, stat) == 0
            && FileStat.IsNullDevice(stat);
    }

    private static (SyntheticKind Kind, string Path)? Synthetic(int hostThreadId, int descriptor) =>
        LinkTarget.TryRead(Link(hostThreadId, descriptor)) is { } link
            && SyntheticDescriptor.TryParse(link, out SyntheticKind kind, out string path)
                ? (kind, path)
                : null;

    private static string Link(int hostThreadId, int descriptor) => $"/proc/{hostThreadId}/fd/{descriptor}";
}
