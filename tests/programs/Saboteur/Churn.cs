using System.Runtime.InteropServices;
using Drover.Component;
using Drover.Component.Memory;

namespace Saboteur;

/// <summary>Changes what a checkpoint looks at as fast as it can.</summary>
internal static partial class Churn
{
    private const int Close = 3;
    private const int Duplicate = 32;
    private const int FirstSpare = 60;
    private const int Spares = 40;

    public static void MapAndUnmap(Env env)
    {
        while (true)
        {
            using Dataspace memory = env.Allocate(64 * 1024);
            using Attachment attached = memory.Attach();
            attached.Span[0] = 1;
        }
    }

    public static void StartThreads()
    {
        while (true)
        {
            try
            {
                new Thread(static () => Thread.SpinWait(10_000), 128 * 1024) { IsBackground = true }.Start();
            }
            catch (OutOfMemoryException)
            {
                Thread.Yield(); // as many as it may have
            }
        }
    }

    public static void CloseAndDuplicate()
    {
        while (true)
        {
            for (int i = 0; i < 8; i++)
                Call(Duplicate, i % 3);
            for (int number = FirstSpare; number < FirstSpare + Spares; number++)
                Call(Close, number);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Call(nint number, nint argument);
}
