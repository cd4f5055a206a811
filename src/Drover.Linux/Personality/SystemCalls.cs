using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Native;
using Drover.Linux.Seccomp;
using Drover.Platform;
using Drover.Platform.Traps;

namespace Drover.Linux.Personality;

/// <summary>Calls that ask about the system or name other threads.</summary>
internal sealed partial class SystemCalls(ProcessLimits limits, string hostName)
{
    private const int NameFieldBytes = 65; // struct utsname
    private const int SystemInformationBytes = 112; // struct sysinfo
    private const int ERANGE = 34;
    private const ulong PageBytes = 4096;

    /// <summary>Private pages of program images (relocations), which are not writable either.</summary>
    private const ulong ImageBytes = 16 << 20;

    /// <summary>uname(2): the node's kernel, but not its name.</summary>
    public unsafe void Name(ITrapPort port, in TrappedCall call, ulong buffer)
    {
        Span<byte> name = stackalloc byte[6 * NameFieldBytes];
        fixed (byte* start = name)
            LinuxException.Check(GetSystemName(start), "uname");
        name.Slice(NameFieldBytes, NameFieldBytes).Clear();
        Encoding.UTF8.GetBytes(hostName, name.Slice(NameFieldBytes, NameFieldBytes - 1));
        name.Slice(5 * NameFieldBytes, NameFieldBytes).Clear();
        AnswerMemory.Reply(port, call.Id, 0, buffer, name, 0);
    }

    /// <summary>sysinfo(2): the component's memory quota, not the node's memory.</summary>
    public void Information(ITrapPort port, in TrappedCall call, ulong buffer)
    {
        Span<byte> result = stackalloc byte[SystemInformationBytes];
        ulong used = Math.Min(ResidentBytes(call.HostThreadId), limits.PrivateMemoryBytes);
        BinaryPrimitives.WriteInt64LittleEndian(result, Environment.TickCount64 / 1000);
        BinaryPrimitives.WriteUInt64LittleEndian(result[32..], limits.PrivateMemoryBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(result[40..], limits.PrivateMemoryBytes - used);
        BinaryPrimitives.WriteUInt16LittleEndian(result[80..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(result[104..], 1);
        AnswerMemory.Reply(port, call.Id, 0, buffer, result, 0);
    }

    /// <summary>mprotect(2) that takes the right to write away, and with it the memory out of what RLIMIT_DATA counts:
    /// for components within their quota only.</summary>
    public void Protect(ITrapPort port, in TrappedCall call)
    {
        if (PrivateBytes(call.HostThreadId) > limits.PrivateMemoryBytes + ImageBytes)
            port.Fail(call.Id, Errno.ENOMEM);
        else
            port.Continue(call.Id); // looked at no memory of the component's
    }

    /// <summary>getcwd(2): the root, for good.</summary>
    public static void WorkingDirectory(ITrapPort port, in TrappedCall call, ulong buffer, ulong lengthBytes) =>
        AnswerMemory.Reply(port, call.Id, lengthBytes < 2 ? ERANGE : 0, buffer, "/\0"u8, 2);

    /// <summary>tkill(2) within the own process.</summary>
    public static void SignalThread(ITrapPort port, in TrappedCall call, int threadId, int signal)
    {
        int target = port.HostThreadId(threadId);
        int process = target == 0 ? 0 : ThreadStatus.ProcessId(target);
        if (process == 0)
            port.Fail(call.Id, Errno.ESRCH);
        else if (signal is >= 19 and <= 22)
            port.Fail(call.Id, Errno.EPERM); // as the filter does for tgkill(2)
        else if (port.Answer(call.Id, 0) == AnswerOutcome.Sent)
            _ = SendThreadSignal(CallNumber.tgkill, process, target, signal);
    }

    /// <summary>sched_setaffinity(2) for a thread of the own process.</summary>
    public static unsafe void SetAffinity(ITrapPort port, in TrappedCall call, int threadId, ulong lengthBytes, ulong address)
    {
        Span<byte> mask = stackalloc byte[128];
        mask = mask[..(int)Math.Min(lengthBytes, (ulong)mask.Length)];
        int target = port.HostThreadId(threadId);
        if (target == 0)
        {
            port.Fail(call.Id, Errno.ESRCH);
            return;
        }
        if (!port.TryRead(address, mask))
        {
            port.Fail(call.Id, Errno.EFAULT);
            return;
        }
        if (!port.IsWaiting(call.Id))
            return;
        int errno = 0;
        fixed (byte* start = mask)
        {
            if (SetThreadAffinity(target, (nuint)mask.Length, start) != 0)
                errno = Marshal.GetLastPInvokeError();
        }
        AnswerMemory.Reply(port, call.Id, errno, 0, [], 0);
    }

    /// <summary>Resident memory of the process that the thread is of; 0 if it has gone.</summary>
    public static ulong ResidentBytes(int hostThreadId) => Pages(hostThreadId).Resident * PageBytes;

    /// <summary>Resident memory that is the process's own: no file's and not shared.</summary>
    public static ulong PrivateBytes(int hostThreadId)
    {
        (ulong resident, ulong shared) = Pages(hostThreadId);
        return (resident - Math.Min(shared, resident)) * PageBytes;
    }

    private static (ulong Resident, ulong Shared) Pages(int hostThreadId)
    {
        try
        {
            string[] pages = File.ReadAllText($"/proc/{hostThreadId}/statm").Split(' ');
            return (ulong.Parse(pages[1], CultureInfo.InvariantCulture), ulong.Parse(pages[2], CultureInfo.InvariantCulture));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    [LibraryImport("libc", EntryPoint = "uname", SetLastError = true)]
    private static unsafe partial int GetSystemName(byte* name);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SendThreadSignal(long number, int process, int thread, int signal);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static unsafe partial int SetThreadAffinity(int thread, nuint lengthBytes, byte* mask);
}
