namespace Drover.Fuzz.Tests;

/// <summary>A folder of a test's own, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("drover-fuzz-tests-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
