namespace Churn;

/// <summary>An object of some kind, with what its owner knows of it.</summary>
internal abstract class Thing : IDisposable
{
    /// <summary>Throws if it is not what it should be.</summary>
    public abstract void Check();

    public abstract void Dispose();

    protected static void Expect<T>(string what, T expected, T found)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
            throw new InvalidOperationException($"{what}: expected {expected}, found {found}");
    }
}
