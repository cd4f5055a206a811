using System.Runtime.InteropServices;

namespace Drover.Linux.Native;

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoVector
{
    public ulong Base;
    public ulong LengthBytes;
}

/// <summary>struct clone_args (clone3(2)), all of its 88 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CloneArguments
{
    public ulong Flags;
    public ulong Pidfd;
    public ulong ChildThreadId;
    public ulong ParentThreadId;
    public ulong ExitSignal;
    public ulong Stack;
    public ulong StackBytes;
    public ulong ThreadLocalStorage;
    public ulong SetThreadIds;
    public ulong SetThreadIdCount;
    public ulong Cgroup;
}

/// <summary>struct user_regs_struct (ptrace(2), x86-64).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UserRegisters
{
    public ulong R15;
    public ulong R14;
    public ulong R13;
    public ulong R12;
    public ulong Rbp;
    public ulong Rbx;
    public ulong R11;
    public ulong R10;
    public ulong R9;
    public ulong R8;
    public ulong Rax;
    public ulong Rcx;
    public ulong Rdx;
    public ulong Rsi;
    public ulong Rdi;
    public ulong OriginalRax;
    public ulong Rip;
    public ulong Cs;
    public ulong Eflags;
    public ulong Rsp;
    public ulong Ss;
    public ulong FsBase;
    public ulong GsBase;
    public ulong Ds;
    public ulong Es;
    public ulong Fs;
    public ulong Gs;
}

/// <summary>struct msghdr, for addresses of this or of another process.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MessageHeader
{
    public ulong Name;
    public uint NameBytes;
    private readonly uint _padding;
    public ulong Vectors;
    public ulong VectorCount;
    public ulong Control;
    public ulong ControlBytes;
    public int Flags;
    private readonly int _padding2;
}

/// <summary>struct cmsghdr.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ControlHeader
{
    public ulong LengthBytes;
    public int Level;
    public int Type;

    public const int SocketLevel = 1;
    public const int Rights = 1;
}

/// <summary>struct rlimit64.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResourceLimitPair
{
    public ulong Soft;
    public ulong Hard;
}

/// <summary>struct sock_fprog; the instructions lie at <see cref="Instructions"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FilterProgramHeader
{
    public ushort Count;
    public ulong Instructions;
}

/// <summary>The kernel's struct sigaction for rt_sigaction(2), x86-64.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelSignalAction
{
    public ulong Handler;
    public ulong Flags;
    public ulong Restorer;
    public ulong Mask;
}

/// <summary>stack_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SignalStack
{
    public ulong Address;
    public int Flags;
    public ulong LengthBytes;
}

/// <summary>struct ptrace_rseq_configuration.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RseqConfiguration
{
    public ulong Address;
    public uint LengthBytes;
    public uint Signature;
    public uint Flags;
    public uint Padding;
}

/// <summary>struct ptrace_peeksiginfo_args.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PeekSignalArguments
{
    public ulong Offset;
    public uint Flags;
    public int Count;

    public const uint Shared = 1;
}

/// <summary>struct pm_scan_arg (ioctl_pagemap_scan(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PageScanArguments
{
    public ulong Size;
    public ulong Flags;
    public ulong Start;
    public ulong End;
    public ulong WalkEnd;
    public ulong Vector;
    public ulong VectorLength;
    public ulong MaxPages;
    public ulong CategoryInverted;
    public ulong CategoryMask;
    public ulong CategoryAnyOf;
    public ulong ReturnMask;
}

/// <summary>struct page_region.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PageRegion
{
    public ulong Start;
    public ulong End;
    public ulong Categories;
}

/// <summary>struct uffdio_api.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UserfaultApi
{
    public ulong Version;
    public ulong Features;
    public ulong Requests;
}

/// <summary>struct uffdio_register.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UserfaultRegistration
{
    public ulong Start;
    public ulong LengthBytes;
    public ulong Mode;
    public ulong Requests;
}

/// <summary>struct uffd_msg of a page fault.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UserfaultFault
{
    public const byte PageFaultEvent = 0x12;
    public const ulong WriteFlag = 1;

    public byte Event;
    public ulong Flags;
    public ulong Address;
    public ulong ThreadId;
}

/// <summary>struct uffdio_writeprotect.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UserfaultProtection
{
    public ulong Start;
    public ulong LengthBytes;
    public ulong Mode;
}

/// <summary>struct uffdio_copy.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UserfaultCopy
{
    public ulong Destination;
    public ulong Source;
    public ulong LengthBytes;
    public ulong Mode;
    public long Copied;
}

/// <summary>struct uffdio_zeropage, and struct uffdio_poison, which is alike.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UserfaultRange
{
    public ulong Start;
    public ulong LengthBytes;
    public ulong Mode;
    public long Done;
}

/// <summary>struct uffd_msg of a change of the layout: a range, or a place, another and a length.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UserfaultEvent
{
    public const byte MovedEvent = 0x14;
    public const byte DroppedEvent = 0x15;
    public const byte UnmappedEvent = 0x16;

    public byte Event;
    public ulong First;
    public ulong Second;
    public ulong Third;
}

/// <summary>struct prctl_mm_map (PR_SET_MM_MAP).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MemoryMapLayout
{
    public ulong StartCode;
    public ulong EndCode;
    public ulong StartData;
    public ulong EndData;
    public ulong StartBrk;
    public ulong Brk;
    public ulong StartStack;
    public ulong ArgStart;
    public ulong ArgEnd;
    public ulong EnvStart;
    public ulong EnvEnd;
    public ulong AuxiliaryVector;
    public uint AuxiliaryVectorBytes;
    public uint ExecutableDescriptor;
}

/// <summary>struct epoll_event (packed on x86-64).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EpollEvent
{
    public uint Events;
    public ulong Data;
}

/// <summary>struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public int Descriptor;
    public short Events;
    public short ReturnedEvents;
}
