using Drover.Platform;

namespace Drover.Bench.Inner;

/// <summary>For images that are never committed.</summary>
internal sealed class NoFlush : IDirectoryFlush
{
    public void Flush(string directory) => throw new NotSupportedException();
}
