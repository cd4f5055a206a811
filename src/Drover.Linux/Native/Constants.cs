namespace Drover.Linux.Native;

/// <summary>open(2).</summary>
internal static class OpenFlags
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int AccessMode = 3;
    public const int NonBlock = 0x800;
    public const int Directory = 0x10000;
    public const int NoFollow = 0x20000;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;
}

/// <summary>fcntl(2).</summary>
internal static class Fcntl
{
    public const int GetDescriptorFlags = 1;
    public const int CloseOnExec = 1; // FD_CLOEXEC
    public const int GetStatusFlags = 3;
    public const int DuplicateCloseOnExec = 1030;
    public const int SetStatusFlags = 4;
    public const int AddSeals = 1033;
    public const int SetPipeSize = 1031;
    public const int GetPipeSize = 1032;
    public const int SealSeal = 1;
    public const int SealShrink = 2;
    public const int SealGrow = 4;
}

/// <summary>mmap(2) protections.</summary>
internal static class Protection
{
    public const int ReadWrite = 3;
    public const int ReadExecute = 5;
}

/// <summary>mmap(2) flags.</summary>
internal static class MapFlags
{
    public const int Shared = 0x01;
    public const int Private = 0x02;
    public const int Fixed = 0x10;
    public const int Anonymous = 0x20;
    public const int GrowsDown = 0x100;
    public const int NoReserve = 0x4000;
    public const int FixedNoReplace = 0x100000;
}

/// <summary>memfd_create(2).</summary>
internal static class MemfdFlags
{
    public const uint CloseOnExec = 1;
    public const uint AllowSealing = 2;
    public const uint NoExecuteSeal = 8;
    public const uint Executable = 0x10;
}

/// <summary>clone(2).</summary>
internal static class CloneFlags
{
    public const ulong Memory = 0x100;
    public const ulong FileSystem = 0x200;
    public const ulong Files = 0x400;
    public const ulong SignalHandlers = 0x800;
    public const ulong Traced = 0x2000;
    public const ulong Parent = 0x8000;
    public const ulong Thread = 0x10000;
    public const ulong NewMounts = 0x20000;
    public const ulong SemaphoreUndo = 0x40000;
    public const ulong ChildClearThreadId = 0x200000;
    public const ulong NewCgroup = 0x2000000;
    public const ulong NewHostName = 0x4000000;
    public const ulong NewIpc = 0x8000000;
    public const ulong NewUser = 0x10000000;
    public const ulong NewProcessIds = 0x20000000;
    public const ulong NewNetwork = 0x40000000;
    public const ulong NewTime = 0x80;
}

/// <summary>prctl(2).</summary>
internal static class Prctl
{
    public const int SetDumpable = 4;
    public const int SetName = 15;
    public const int GetName = 16;
    public const int DropBoundingCapability = 24;
    public const int SetTimerSlack = 29;
    public const int SetMemory = 35;
    public const int SetMemoryMap = 14;
    public const int SetNoNewPrivileges = 38;
    public const int GetThreadIdAddress = 40;
}

/// <summary>seccomp(2).</summary>
internal static class Seccomp
{
    public const int SetModeFilter = 1;
    public const int FilterFlagNewListener = 8;
}

/// <summary>Signals used by name (signal(7)).</summary>
internal static class Signals
{
    public const int Illegal = 4;
    public const int Trap = 5;
    public const int BusError = 7;
    public const int Kill = 9;
    public const int Segmentation = 11;
    public const int Child = 17;
    public const int Stop = 19;
    public const int Last = 64;

    public const ulong RestartCalls = 0x10000000;

    /// <summary>The bit of a signal in a kernel sigset_t.</summary>
    public static ulong Bit(int signal) => 1UL << (signal - 1);
}

/// <summary>getrlimit(2).</summary>
internal static class ResourceLimit
{
    public const int FileLength = 1;
    public const int Data = 2;
    public const int Stack = 3;
    public const int Core = 4;
    public const int ProcessCount = 6;
    public const int OpenFiles = 7;
    public const int LockedMemory = 8;
    public const int AddressSpace = 9;
    public const int MessageQueueBytes = 12;
    public const int Count = 16;
}
