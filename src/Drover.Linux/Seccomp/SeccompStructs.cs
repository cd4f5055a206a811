using System.Runtime.InteropServices;

namespace Drover.Linux.Seccomp;

/// <summary>struct seccomp_data (linux/seccomp.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeccompData
{
    public int Number;
    public uint Architecture;
    public ulong InstructionPointer;
    public ulong Argument0;
    public ulong Argument1;
    public ulong Argument2;
    public ulong Argument3;
    public ulong Argument4;
    public ulong Argument5;
}

/// <summary>struct seccomp_notif.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeccompNotification
{
    public ulong Id;
    public int ThreadId;
    public uint Flags;
    public SeccompData Data;
}

/// <summary>struct seccomp_notif_resp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeccompResponse
{
    public ulong Id;
    public long Value;
    public int Error;
    public uint Flags;
}

/// <summary>struct seccomp_notif_addfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeccompAddDescriptor
{
    public ulong Id;
    public uint Flags;
    public uint Source;
    public uint Number;
    public uint NumberFlags;
}

internal static class SeccompRequest
{
    public const uint NotifyReceive = 0xc0502100;
    public const uint NotifySend = 0xc0182101;
    public const uint NotifyIdValid = 0x40082102;
    public const uint NotifyAddDescriptor = 0x40182103;
    public const uint NotifySetFlags = 0x40082104;

    /// <summary>SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (since Linux 6.6).</summary>
    public const ulong SyncWakeUp = 1;

    /// <summary>SECCOMP_USER_NOTIF_FLAG_CONTINUE.</summary>
    public const uint ContinueFlag = 1;

    /// <summary>SECCOMP_ADDFD_FLAG_SETFD.</summary>
    public const uint AddAtNumber = 1;

    /// <summary>SECCOMP_ADDFD_FLAG_SEND (since Linux 5.14).</summary>
    public const uint AddAndSend = 2;

    public const uint CloseOnExec = 0x80000;
    public const short PollHangUp = 0x10;
}
