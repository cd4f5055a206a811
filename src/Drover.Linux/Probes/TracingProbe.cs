using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Linux.Seccomp;

namespace Drover.Linux.Probes;

/// <summary>A child that does nothing is stopped, read and ended.</summary>
internal static unsafe class TracingProbe
{
    private const int Seize = 0x4206;
    private const int Interrupt = 0x4207;
    private const int GetRegisterSet = 0x4204;
    private const int RegisterSetStatus = 1;
    private const int WaitAll = 0x40000000;
    private const ulong Mark = 0x6472_6f76_6572_2121;

    public static IReadOnlyList<ProbeResult> Run()
    {
        var results = new List<ProbeResult>();
        // ptrace(2) goes by thread: all requests come from this one.
        var tracer = new Thread(() => Examine(results)) { IsBackground = true, Name = "probe" };
        tracer.Start();
        tracer.Join();
        return results;
    }

    private static void Examine(List<ProbeResult> results)
    {
        var program = new ProbeProgram();
        ulong mark = program.Data(Mark);
        program.Call(SystemCall.Pause).Exit();
        int child;
        try
        {
            child = program.Start();
        }
        catch (LinuxException e)
        {
            results.AddRange(
                ((MachineFeature[])[MachineFeature.Tracing, MachineFeature.ReadMemory, MachineFeature.TakeDescriptors])
                .Select(feature => new ProbeResult(feature, false, e.Message)));
            return;
        }

        try
        {
            results.Add(MachineProbes.Try(MachineFeature.Tracing, () => StopAndReadRegisters(child)));
            results.Add(MachineProbes.Try(MachineFeature.ReadMemory, () => ReadMark(child, mark)));
            results.Add(MachineProbes.Try(MachineFeature.TakeDescriptors, () => TakeDescriptor(child)));
        }
        finally
        {
            End(child);
        }
    }

    private static string StopAndReadRegisters(int child)
    {
        LinuxException.Check(Libc.Trace(Seize, child, 0, 0), "ptrace(PTRACE_SEIZE)", Scope());
        LinuxException.Check(Libc.Trace(Interrupt, child, 0, 0), "ptrace(PTRACE_INTERRUPT)");
        Wait(child, WaitAll);
        var registers = default(UserRegisters);
        var vector = new IoVector { Base = (ulong)&registers, LengthBytes = (ulong)sizeof(UserRegisters) };
        LinuxException.Check(
            Libc.Trace(GetRegisterSet, child, RegisterSetStatus, (nint)(&vector)), "ptrace(PTRACE_GETREGSET)");
        return registers.Rip != 0 ? Scope() : throw new IOException("the registers read as zero");
    }

    private static string ReadMark(int child, ulong address)
    {
        ulong value = 0;
        var local = new IoVector { Base = (ulong)&value, LengthBytes = sizeof(ulong) };
        var remote = new IoVector { Base = address, LengthBytes = sizeof(ulong) };
        LinuxException.Check(Libc.ReadProcess(child, &local, 1, &remote, 1, 0), "process_vm_readv");
        return value == Mark ? "" : throw new IOException($"read {value:x} instead of {Mark:x}");
    }

    private static string TakeDescriptor(int child)
    {
        using SafeFileDescriptor process = PidDescriptor.Open(child);
        using SafeFileDescriptor? taken = PidDescriptor.TryGet(process, 0) ?? PidDescriptor.TryGet(process, 2);
        return taken is not null ? "" : throw LinuxException.Last("pidfd_getfd");
    }

    private static string Scope()
    {
        const string Path = "/proc/sys/kernel/yama/ptrace_scope";
        return File.Exists(Path) ? $"yama/ptrace_scope is {File.ReadAllText(Path).Trim()}" : "";
    }

    private static void End(int child)
    {
        using (SafeFileDescriptor process = PidDescriptor.Open(child))
            PidDescriptor.Signal(process, Signals.Kill);
        // A traced child may first report the stop that it was in.
        while ((Wait(child, WaitAll) & 0xff) == 0x7f)
        {
        }
    }

    private static int Wait(int child, int options)
    {
        int status;
        while (Libc.WaitForChild(child, out status, options) != child)
        {
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw LinuxException.Last("waitpid");
        }

        return status;
    }
}
