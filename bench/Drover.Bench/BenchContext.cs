using Drover.Bench.Criu;
using Drover.Node;

namespace Drover.Bench;

/// <summary>What the measures share.</summary>
/// <param name="Options">How much is to be measured.</param>
/// <param name="Source">A node of this process.</param>
/// <param name="Target">Another one, to which components are moved.</param>
/// <param name="Images">Where images go.</param>
/// <param name="Notes">What the reader of the figures has to know besides.</param>
internal sealed record BenchContext(BenchOptions Options, ILocalNode Source, ILocalNode Target, ImageFolder Images, List<string> Notes)
{
    /// <summary>The one to compare with.</summary>
    public required CriuProgram Criu { get; init; }

    /// <summary>What CRIU does with Flock, if there is one; what it fails at is noted and left out.</summary>
    public async Task<T?> CompareAsync<T>(Func<CriuProgram, Task<T>> measure)
        where T : class
    {
        if (Criu.Path is null)
            return null;
        try
        {
            return await measure(Criu).ConfigureAwait(false);
        }
        catch (BenchException failure)
        {
            Note($"CRIU: {failure.Message}");
            return null;
        }
    }

    /// <summary>Says once what the reader has to know.</summary>
    public void Note(string text)
    {
        if (!Notes.Contains(text))
            Notes.Add(text);
    }
}
