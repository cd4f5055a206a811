using Drover.Linux.Native;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>
/// The memory of components that have ended while snapshots keep their namespaces. An anchor has it, and when that ends it is taken down, which
/// takes the longer the more there is, on the processor on which the next component may be about to be built. So that begins when the next
/// component runs, or when none has come for a while. Used on the tracer thread only.
/// </summary>
internal sealed class LeftMemory(TracerThread tracer)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>So many may be on their way out: each still has memory, and counts as a process of the component's user.</summary>
    private const int MostEnding = 4;

    private readonly List<(KeptProcess Anchor, DescriptorWatcher Exits)> _waiting = [];
    private readonly Queue<KeptProcess> _ending = []; // in the order in which they were asked to

    /// <summary>Takes the anchor over.</summary>
    /// <param name="anchor">Has the memory.</param>
    /// <param name="exits">Tells of its end.</param>
    public void Add(KeptProcess anchor, DescriptorWatcher exits)
    {
        _waiting.Add((anchor, exits));
        _ = Task.Delay(Patience).ContinueWith(_ => tracer.Post(GiveBack), TaskScheduler.Default);
    }

    /// <summary>Has it taken down, without waiting for that.</summary>
    public void GiveBack()
    {
        foreach ((KeptProcess anchor, DescriptorWatcher exits) in _waiting)
        {
            // One goes slowly at a time.
            foreach (KeptProcess earlier in _ending)
                earlier.Hurry();
            while (_ending.Count >= MostEnding)
                _ending.Dequeue().AwaitEnd();
            anchor.EndUnhurried(exits);
            _ending.Enqueue(anchor);
        }

        _waiting.Clear();
    }

    /// <summary>Everything in the namespaces has ended.</summary>
    public void Forget()
    {
        _waiting.Clear();
        _ending.Clear();
    }
}
