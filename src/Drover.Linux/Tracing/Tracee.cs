using System.Runtime.InteropServices;
using Drover.Linux.Native;

namespace Drover.Linux.Tracing;

/// <summary>One stopped thread that this process traces. Used on the tracer thread only.</summary>
internal sealed unsafe class Tracee(int threadId)
{
    /// <summary>The thread's id on this node.</summary>
    public int ThreadId { get; } = threadId;

    /// <summary>Signals that arrived during injections and are to be sent again.</summary>
    public List<int> DeferredSignals { get; } = [];

    /// <summary>Attaches without stopping. False if the thread has ended or is about to.</summary>
    public static bool TrySeize(int threadId, int options)
    {
        if (Libc.Trace(Ptrace.Seize, threadId, 0, options) != -1)
            return true;
        int errno = Marshal.GetLastPInvokeError();
        // EPERM is also what a thread in the middle of its exit gives.
        if (errno == Errno.ESRCH || (errno == Errno.EPERM && ThreadFiles.IsEnding(threadId)))
            return false;
        throw new LinuxException("ptrace", errno, "SEIZE");
    }

    public void Interrupt() => Ptrace.Request(Ptrace.Interrupt, ThreadId, 0, null, "INTERRUPT");

    public void SetOptions(int options) =>
        Ptrace.Request(Ptrace.SetOptions, ThreadId, 0, (void*)options, "SETOPTIONS");

    public UserRegisters GetRegisters()
    {
        UserRegisters registers;
        Ptrace.Request(Ptrace.GetRegisters, ThreadId, 0, &registers, "GETREGS");
        return registers;
    }

    public void SetRegisters(in UserRegisters registers)
    {
        fixed (UserRegisters* start = &registers)
            Ptrace.Request(Ptrace.SetRegisters, ThreadId, 0, start, "SETREGS");
    }

    /// <summary>Reads the XSAVE area; gives its length.</summary>
    public int GetExtendedState(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            IoVector vector = new() { Base = (ulong)start, LengthBytes = (ulong)buffer.Length };
            Ptrace.Request(Ptrace.GetRegisterSet, ThreadId, Ptrace.ExtendedStateSet, &vector, "GETREGSET");
            return (int)vector.LengthBytes;
        }
    }

    public void SetExtendedState(ReadOnlySpan<byte> state)
    {
        fixed (byte* start = state)
        {
            IoVector vector = new() { Base = (ulong)start, LengthBytes = (ulong)state.Length };
            Ptrace.Request(Ptrace.SetRegisterSet, ThreadId, Ptrace.ExtendedStateSet, &vector, "SETREGSET");
        }
    }

    public ulong GetSignalMask()
    {
        ulong mask;
        Ptrace.Request(Ptrace.GetSignalMask, ThreadId, sizeof(ulong), &mask, "GETSIGMASK");
        return mask;
    }

    public void SetSignalMask(ulong mask) =>
        Ptrace.Request(Ptrace.SetSignalMask, ThreadId, sizeof(ulong), &mask, "SETSIGMASK");

    public RseqConfiguration GetRseq()
    {
        RseqConfiguration configuration;
        Ptrace.Request(
            Ptrace.GetRseqConfiguration, ThreadId, sizeof(RseqConfiguration), &configuration, "GET_RSEQ_CONFIGURATION");
        return configuration;
    }

    /// <summary>siginfo_t of the pending signals, of the thread or of its process, oldest first.</summary>
    public List<byte[]> PeekPending(bool shared)
    {
        const int AtOnce = 16;
        List<byte[]> pending = [];
        byte* buffer = stackalloc byte[AtOnce * Ptrace.SignalInformationBytes];
        while (true)
        {
            PeekSignalArguments arguments = new()
            {
                Offset = (ulong)pending.Count,
                Flags = shared ? PeekSignalArguments.Shared : 0,
                Count = AtOnce,
            };
            int count = (int)Ptrace.Request(
                Ptrace.PeekSignalInformation, ThreadId, (nint)(&arguments), buffer, "PEEKSIGINFO");
            for (int i = 0; i < count; i++)
            {
                byte* information = buffer + (i * Ptrace.SignalInformationBytes);
                pending.Add(new Span<byte>(information, Ptrace.SignalInformationBytes).ToArray());
            }
            if (count < AtOnce)
                return pending;
        }
    }

    public void DeferSignal(int signal) => DeferredSignals.Add(signal);

    public ulong GetEventMessage()
    {
        ulong message;
        Ptrace.Request(Ptrace.GetEventMessage, ThreadId, 0, &message, "GETEVENTMSG");
        return message;
    }

    /// <param name="signal">The signal to deliver at a signal-delivery stop, or 0.</param>
    public void Continue(int signal = 0) => Ptrace.Request(Ptrace.Continue, ThreadId, 0, (void*)signal, "CONT");

    /// <summary>Lets the thread go on untraced.</summary>
    public void Detach() => Ptrace.Request(Ptrace.Detach, ThreadId, 0, null, "DETACH");

    /// <summary>The same; false for a thread that was killed meanwhile, which has to be waited for.</summary>
    public bool TryDetach()
    {
        try
        {
            Detach();
            return true;
        }
        catch (ProcessEndedException)
        {
            return false;
        }
    }

    /// <summary>Waits for the next stop; throws if the thread ends instead.</summary>
    public WaitStatus WaitForStop()
    {
        WaitStatus status = Ptrace.Wait(ThreadId);
        return status.IsStopped ? status : throw new ProcessEndedException(ThreadId);
    }

    /// <summary>Waits for PTRACE_EVENT_STOP. Any other stop takes the place of a pending INTERRUPT, so that one is
    /// sent again.</summary>
    public void WaitForEventStop()
    {
        while (WaitForStop() is var status && status.Event != Ptrace.EventStop)
        {
            Interrupt();
            Continue(status.Event == 0 ? status.StopSignal : 0);
        }
    }
}
