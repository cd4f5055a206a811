using Drover.Linux.Native;
using Drover.Platform.Traps;

namespace Drover.Linux.Personality;

/// <summary>Answers calls whose result goes through the component's memory.</summary>
internal static class AnswerMemory
{
    /// <summary>Writes the result where it was asked for, if the call still waits, and answers.</summary>
    /// <param name="errno">0, or the error to answer with instead.</param>
    public static void Reply(ITrapPort port, ulong callId, int errno, ulong address, ReadOnlySpan<byte> content, long result)
    {
        if (errno == 0 && !content.IsEmpty)
        {
            // An interrupted thread may use its buffer for something else by now.
            if (!port.IsWaiting(callId))
                return;
            if (!port.TryWrite(address, content))
                errno = Errno.EFAULT;
        }
        if (errno == 0)
            port.Answer(callId, result);
        else
            port.Fail(callId, errno);
    }
}
