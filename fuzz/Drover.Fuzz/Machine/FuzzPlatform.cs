using Drover.Linux.Memory;
using Drover.Linux.Processes;
using Drover.Platform;
using Drover.Platform.Traps;

namespace Drover.Fuzz.Machine;

/// <summary>A platform whose memory is real and whose processes are not: a rebuild is checked, gathers all it needs and reads every
/// page as on Linux, and then nothing runs.</summary>
internal sealed class FuzzPlatform : IProcessPlatform
{
    private const int ReadBytes = 1 << 16;

    private int _memories;

    public int LiveMemories => Volatile.Read(ref _memories);

    /// <summary>The process that was made last.</summary>
    public FuzzProcess? Last { get; private set; }

    public ISharedMemory CreateSharedMemory(string name, ulong lengthBytes)
    {
        SharedMemory memory = SharedMemory.Create(name, lengthBytes);
        Interlocked.Increment(ref _memories);
        return new CountedMemory(memory, () => Interlocked.Decrement(ref _memories));
    }

    public IComponentProcess Launch(LaunchRequest request, ITrapHandler traps) => Last = new FuzzProcess(FuzzProcess.StateOf(request));

    public IComponentProcess Rebuild(RebuildRequest request, ITrapHandler traps)
    {
        StateValidator.Check(request);
        using RebuildResources resources = new(request.State, request.Backing);
        byte[] content = new byte[ReadBytes];
        foreach (PageRun run in request.Pages.Runs)
        {
            for (ulong at = run.Address; at < run.End; at += ReadBytes)
                request.Pages.Read(at, content.AsSpan(0, (int)Math.Min(ReadBytes, run.End - at)));
        }

        return Last = new FuzzProcess(request.State);
    }

    public void Dispose()
    {
    }
}
