using Drover.Platform;

namespace Drover.Images.Tests.Model;

/// <summary>Exchanges directories in three steps, which is enough for a test that looks only afterwards.</summary>
internal sealed class PlainDirectoryExchange(Action? before = null) : IDirectoryExchange
{
    public void Exchange(string one, string other)
    {
        before?.Invoke();
        string aside = one + ".aside";
        Directory.Move(one, aside);
        Directory.Move(other, one);
        Directory.Move(aside, other);
    }
}
