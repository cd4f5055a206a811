using Drover.Linux.Files;
using Drover.Platform;

namespace Drover.Images.Tests.Model;

/// <summary>The real exchange, for its being one step is what readers of a series rely on; something may be done before it.</summary>
internal sealed class HookedDirectoryExchange(Action before) : IDirectoryExchange
{
    private readonly DirectoryExchange _exchange = new();

    public void Exchange(string one, string other)
    {
        before();
        _exchange.Exchange(one, other);
    }
}
