using System.Text;
using Drover.Linux.Native;
using Drover.Linux.Seccomp;
using Drover.Platform.Traps;

namespace Drover.Linux.Tests.Processes;

/// <summary>Serves opens of host files and keeps what is written to the console: enough for small C programs.</summary>
internal sealed class HostFileTraps : ITrapHandler
{
    private readonly StringBuilder _output = new();

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public void Handle(ITrapPort port, in TrappedCall call)
    {
        switch (call.Number)
        {
            case CallNumber.openat:
                OpenFile(port, call);
                break;
            case CallNumber.write:
                Write(port, call);
                break;
            case CallNumber.access or CallNumber.readlink or CallNumber.stat:
                port.Fail(call.Id, Errno.ENOENT);
                break;
            default:
                port.Continue(call.Id);
                break;
        }
    }

    private static void OpenFile(ITrapPort port, in TrappedCall call)
    {
        byte[] path = new byte[256];
        for (int i = 0; i < path.Length && port.TryRead(call.Argument1 + (ulong)i, path.AsSpan(i, 1)); i++)
        {
            if (path[i] != 0)
                continue;
            try
            {
                using SafeFileDescriptor file =
                    SafeFileDescriptor.Open(Encoding.UTF8.GetString(path, 0, i), OpenFlags.ReadOnly);
                port.AnswerWithDescriptor(call.Id, file, closeOnExec: true);
            }
            catch (LinuxException failure)
            {
                port.Fail(call.Id, failure.Errno);
            }
            return;
        }
        port.Fail(call.Id, Errno.EFAULT);
    }

    private void Write(ITrapPort port, in TrappedCall call)
    {
        byte[] text = new byte[call.Argument2];
        port.TryRead(call.Argument1, text);
        lock (_output)
            _output.Append(Encoding.UTF8.GetString(text));
        port.Answer(call.Id, text.Length);
    }
}
