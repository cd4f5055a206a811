using Drover.Platform;

namespace Drover.Images.Tests.Model;

/// <summary>Does nothing but remember; what was there at each flush can be looked at by the test.</summary>
internal sealed class PlainDirectoryFlush(Action<string>? onFlush = null) : IDirectoryFlush
{
    public List<string> Flushed { get; } = [];

    public void Flush(string directory)
    {
        Flushed.Add(directory);
        onFlush?.Invoke(directory);
    }
}
