using Drover.Platform;

namespace Drover.Core.Memory;

/// <summary>Keeps the memory of a dataspace from being given back while it is read or handed out. Dispose it soon.</summary>
public sealed class DataspaceLease : IDisposable
{
    private Dataspace? _dataspace;

    internal DataspaceLease(Dataspace dataspace)
    {
        _dataspace = dataspace;
        Memory = dataspace.SharedMemory;
    }

    /// <summary>Valid until this lease is disposed.</summary>
    public ISharedMemory Memory { get; }

    public void Dispose() => Interlocked.Exchange(ref _dataspace, null)?.Return();
}
