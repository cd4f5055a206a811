using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>
/// Brings descriptors into a component that has closed its channel long ago. The init of its namespaces still has one:
/// it gets the descriptors and sends them on over a socket that is named in their network namespace only, while nothing
/// there runs. Tracer thread only.
/// </summary>
internal static class LateDescriptors
{
    private const ulong UnixDomain = 1;
    private const ulong DatagramCloseOnExec = 2 | 0x80000;

    /// <summary>struct sockaddr_un with an abstract name (unix(7)).</summary>
    private static ReadOnlySpan<byte> Name => "\u0001\0\0drover"u8;

    /// <summary>Gives the numbers that the descriptors have in the component, in order; close-on-exec.</summary>
    /// <param name="init">Of the component's namespaces.</param>
    /// <param name="thread">A stopped thread of the component's.</param>
    /// <param name="memory">The component's.</param>
    /// <param name="descriptors">At most a few hundred at a time are under way.</param>
    /// <exception cref="LinuxException">The component has no descriptor left.</exception>
    public static int[] Bring(NamespaceInit init, Tracee thread, ProcessMemory memory, IReadOnlyList<SafeHandle> descriptors)
    {
        List<int> numbers = [];
        while (numbers.Count < descriptors.Count)
        {
            SafeHandle[] part = [.. descriptors.Skip(numbers.Count).Take(DescriptorChannel.PerMessage)];
            ulong socket = OpenSocket(thread, memory);
            try
            {
                init.SendDescriptors(part, Name);
                numbers.AddRange(DescriptorChannel.ReceiveAt(thread, memory, socket, part.Length));
            }
            finally
            {
                CallBatch close = new();
                close.Add(SystemCall.Close, socket);
                Injector.Run(thread, memory, close);
            }
        }

        return [.. numbers];
    }

    /// <summary>A socket that is there for the length of one batch of descriptors.</summary>
    private static ulong OpenSocket(Tracee thread, ProcessMemory memory)
    {
        CallBatch open = new();
        int opened = open.Require("socket", SystemCall.Socket, UnixDomain, DatagramCloseOnExec, 0);
        Injector.RunChecked(thread, memory, open);
        CallBatch bind = new();
        bind.Add(SystemCall.Bind, (ulong)open.Result(opened), bind.Put(Name), (ulong)Name.Length);
        Injector.Run(thread, memory, bind);
        if (bind.Result(0) != 0)
            throw new InvalidOperationException($"The socket for descriptors could not be named: {bind.Result(0)}.");
        return (ulong)open.Result(opened);
    }
}
