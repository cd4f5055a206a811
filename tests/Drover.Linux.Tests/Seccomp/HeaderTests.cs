using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Native;
using Drover.Linux.Personality;
using Drover.Linux.Seccomp;
using Xunit;

namespace Drover.Linux.Tests.Seccomp;

/// <summary>Asks the C compiler, where there is one, whether numbers and layouts are those of the C headers.</summary>
public sealed class HeaderTests
{
    private const string Headers = """
        #include <stddef.h>
        #include <sys/ioctl.h>
        #include <sys/stat.h>
        #include <sys/statfs.h>
        #include <sys/syscall.h>
        #include <sys/sysinfo.h>
        #include <sys/utsname.h>
        #include <linux/audit.h>
        #include <linux/filter.h>
        #include <linux/seccomp.h>

        """;

    [Fact]
    public void Numbers_and_layouts_are_those_of_the_headers()
    {
        StringBuilder source = new(Headers);
        foreach (FieldInfo number in typeof(CallNumber).GetFields())
            source.Append($"#ifdef __NR_{number.Name}\n_Static_assert(__NR_{number.Name} == {number.GetRawConstantValue()}, \"{number.Name}\");\n#endif\n");
        foreach ((string expression, long value) in Expected())
            source.Append($"_Static_assert((long)({expression}) == {value}L, \"{expression}\");\n");
        Assert.Equal("", Complaints(source.ToString()));
    }

    private static IEnumerable<(string Expression, long Value)> Expected() =>
    [
        ("SECCOMP_IOCTL_NOTIF_RECV", SeccompRequest.NotifyReceive),
        ("SECCOMP_IOCTL_NOTIF_SEND", SeccompRequest.NotifySend),
        ("SECCOMP_IOCTL_NOTIF_ID_VALID", SeccompRequest.NotifyIdValid),
        ("SECCOMP_IOCTL_NOTIF_ADDFD", SeccompRequest.NotifyAddDescriptor),
        ("SECCOMP_USER_NOTIF_FLAG_CONTINUE", SeccompRequest.ContinueFlag),
        ("SECCOMP_ADDFD_FLAG_SETFD", SeccompRequest.AddAtNumber),
        ("SECCOMP_ADDFD_FLAG_SEND", SeccompRequest.AddAndSend),
        ("SECCOMP_RET_ALLOW", Verdict.Native.ReturnValue),
        ("SECCOMP_RET_USER_NOTIF", Verdict.Trap.ReturnValue),
        ("SECCOMP_RET_KILL_PROCESS", Verdict.Kill.ReturnValue),
        ("SECCOMP_RET_ERRNO | 22", Verdict.Refuse(22).ReturnValue),
        ("sizeof(struct seccomp_notif)", Marshal.SizeOf<SeccompNotification>()),
        ("sizeof(struct seccomp_notif_resp)", Marshal.SizeOf<SeccompResponse>()),
        ("sizeof(struct seccomp_notif_addfd)", Marshal.SizeOf<SeccompAddDescriptor>()),
        ("offsetof(struct seccomp_notif, data)", Marshal.OffsetOf<SeccompNotification>(nameof(SeccompNotification.Data))),
        ("offsetof(struct seccomp_data, instruction_pointer)", Marshal.OffsetOf<SeccompData>(nameof(SeccompData.InstructionPointer))),
        ("offsetof(struct seccomp_data, args)", Marshal.OffsetOf<SeccompData>(nameof(SeccompData.Argument0))),
        ("sizeof(struct sock_filter)", BpfInstruction.EncodedBytes),
        ("BPF_LD | BPF_W | BPF_ABS", BpfInstruction.LoadWord),
        ("BPF_ALU | BPF_AND | BPF_K", BpfInstruction.And),
        ("BPF_JMP | BPF_JA", BpfInstruction.Jump),
        ("BPF_JMP | BPF_JEQ | BPF_K", BpfInstruction.JumpIfEqual),
        ("BPF_JMP | BPF_JGT | BPF_K", BpfInstruction.JumpIfGreater),
        ("BPF_JMP | BPF_JGE | BPF_K", BpfInstruction.JumpIfAtLeast),
        ("BPF_JMP | BPF_JSET | BPF_K", BpfInstruction.JumpIfAnySet),
        ("BPF_RET | BPF_K", BpfInstruction.Return),
        ("BPF_MAXINSNS", BpfAssembler.MaximumInstructions),
        ("sizeof(struct stat)", FileStat.StructBytes),
        ("offsetof(struct stat, st_mode)", FileStatus.ModeOffset),
        ("offsetof(struct stat, st_size)", FileStatus.LengthOffset),
        ("sizeof(struct statfs)", FileSystemStat.StructBytes),
        ("sizeof(struct sysinfo)", 112),
        ("offsetof(struct sysinfo, totalram)", 32),
        ("offsetof(struct sysinfo, freeram)", 40),
        ("offsetof(struct sysinfo, mem_unit)", 104),
        ("sizeof(struct utsname)", 6 * 65),
        ("S_IFREG", FileStat.RegularFile),
        ("S_IFDIR", FileStat.Directory),
        ("S_IFLNK", FileStat.Link),
    ];

    /// <summary>What the compiler says; nothing if there is none.</summary>
    private static string Complaints(string source)
    {
        if (!File.Exists("/usr/bin/cc") || !File.Exists("/usr/include/linux/seccomp.h"))
            return "";
        ProcessStartInfo start = new("/usr/bin/cc", ["-fsyntax-only", "-w", "-x", "c", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using Process compiler = Process.Start(start)!;
        compiler.StandardInput.Write(source);
        compiler.StandardInput.Close();
        string complaints = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        return complaints;
    }
}
