using Drover.Platform;

namespace Drover.Core.Services;

/// <summary>The memory of a module, given back with the last share in it. Thread-safe.</summary>
internal sealed class RomMemory(ISharedMemory memory)
{
    private int _shares;

    /// <summary>Another share; disposing it more than once does no harm. To be called while there is one, or for the first.</summary>
    public IDisposable Share()
    {
        Interlocked.Increment(ref _shares);
        return new OneShare(this);
    }

    private void GiveBack()
    {
        if (Interlocked.Decrement(ref _shares) == 0)
            memory.Dispose();
    }

    private sealed class OneShare(RomMemory shared) : IDisposable
    {
        private RomMemory? _shared = shared;

        public void Dispose() => Interlocked.Exchange(ref _shared, null)?.GiveBack();
    }
}
