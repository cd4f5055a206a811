using System.Text;
using Drover.Linux.Native;
using Drover.Platform;
using Drover.Platform.Traps;
using static Drover.Linux.Seccomp.CallNumber;

namespace Drover.Linux.Personality;

/// <summary>
/// Serves the trapped Linux calls of one component, so that ordinary programs run while they reach nothing of the
/// node: files come from a view, the console's text goes to a sink, and calls that are not Linux's go to core.
/// </summary>
public sealed class LinuxPersonality : ITrapHandler, IDisposable
{
    private const int AT_FDCWD = -100;
    private const int F_DUPFD_CLOEXEC = 1030;

    private readonly IPrivateCallHandler _privateCalls;
    private readonly IConsoleSink _sink;
    private readonly FileCalls _files;
    private readonly DescriptorCalls _descriptors = new();
    private readonly ConsoleCalls _console;
    private readonly SystemCalls _system;

    /// <param name="privateCalls">Gets the calls beyond the kernel's numbers.</param>
    /// <param name="files">What the component sees of the file system.</param>
    /// <param name="console">Gets what it writes to its standard output and error.</param>
    /// <param name="limits">What it is told about memory.</param>
    /// <param name="hostName">What uname(2) calls the machine.</param>
    public LinuxPersonality(
        IPrivateCallHandler privateCalls, IFileView files, IConsoleSink console, ProcessLimits limits, string hostName = "drover")
    {
        _privateCalls = privateCalls;
        _sink = console;
        _files = new FileCalls(files);
        _console = new ConsoleCalls(console);
        _system = new SystemCalls(limits, hostName);
    }

    public void Dispose() => _descriptors.Dispose();

    public void Handle(ITrapPort port, in TrappedCall call)
    {
        try
        {
            Dispatch(port, call);
        }
        catch (Exception fault) when (fault is not ObjectDisposedException)
        {
            // The port ends the component for it; its log says why.
            _sink.Write(ConsoleStream.Error, Encoding.UTF8.GetBytes($"drover: the node failed at system call {call.Number}: {fault}\n"));
            throw;
        }
    }

    private void Dispatch(ITrapPort port, in TrappedCall call)
    {
        switch (call.Number)
        {
            case > mseal:
                _privateCalls.Handle(port, call);
                break;
            case write:
                _console.Write(port, call, (int)call.Argument0, call.Argument1, call.Argument2);
                break;
            case writev:
                _console.WriteVectors(port, call, (int)call.Argument0, call.Argument1, call.Argument2);
                break;
            case exit:
                _privateCalls.ThreadExits(port, call.HostThreadId);
                port.Continue(call.Id);
                break;
            case exit_group:
                port.Continue(call.Id);
                break;
            default:
                if (!HandleFile(port, call) && !HandleDescriptor(port, call) && !HandleSystem(port, call))
                    port.Fail(call.Id, Errno.ENOSYS);
                break;
        }
    }

    private bool HandleFile(ITrapPort port, in TrappedCall call)
    {
        switch (call.Number)
        {
            case open:
                _files.Open(port, call, AT_FDCWD, call.Argument0, call.Argument1);
                return true;
            case openat:
                _files.Open(port, call, (int)call.Argument0, call.Argument1, call.Argument2);
                return true;
            case stat:
                _files.Stat(port, call, AT_FDCWD, call.Argument0, call.Argument1, 0);
                return true;
            case lstat:
                _files.Stat(port, call, AT_FDCWD, call.Argument0, call.Argument1, 0x100);
                return true;
            case newfstatat:
                _files.Stat(port, call, (int)call.Argument0, call.Argument1, call.Argument2, call.Argument3);
                return true;
            case access:
                _files.Access(port, call, AT_FDCWD, call.Argument0, call.Argument1);
                return true;
            case faccessat or faccessat2:
                _files.Access(port, call, (int)call.Argument0, call.Argument1, call.Argument2);
                return true;
            case readlink:
                _files.ReadLink(port, call, AT_FDCWD, call.Argument0, call.Argument1, call.Argument2);
                return true;
            case readlinkat:
                _files.ReadLink(port, call, (int)call.Argument0, call.Argument1, call.Argument2, call.Argument3);
                return true;
            case statfs:
                _files.StatFileSystem(port, call, call.Argument0, call.Argument1);
                return true;
            default:
                return false;
        }
    }

    private bool HandleDescriptor(ITrapPort port, in TrappedCall call)
    {
        switch (call.Number)
        {
            case fstat:
                DescriptorCalls.Stat(port, call, (int)call.Argument0, call.Argument1);
                return true;
            case getdents64:
                _descriptors.List(port, call, (int)call.Argument0, call.Argument1, (uint)call.Argument2);
                return true;
            case dup:
                _descriptors.Duplicate(port, call, (int)call.Argument0, 0, closeOnExec: false);
                return true;
            case fcntl:
                _descriptors.Duplicate(port, call, (int)call.Argument0, call.Argument2,
                    closeOnExec: (int)call.Argument1 == F_DUPFD_CLOEXEC);
                return true;
            default:
                return false;
        }
    }

    private bool HandleSystem(ITrapPort port, in TrappedCall call)
    {
        switch (call.Number)
        {
            case uname:
                _system.Name(port, call, call.Argument0);
                return true;
            case sysinfo:
                _system.Information(port, call, call.Argument0);
                return true;
            case getcwd:
                SystemCalls.WorkingDirectory(port, call, call.Argument0, call.Argument1);
                return true;
            case mprotect:
                _system.Protect(port, call);
                return true;
            case tkill:
                SystemCalls.SignalThread(port, call, (int)call.Argument0, (int)call.Argument1);
                return true;
            case sched_setaffinity:
                SystemCalls.SetAffinity(port, call, (int)call.Argument0, call.Argument1, call.Argument2);
                return true;
            default:
                return false;
        }
    }
}
