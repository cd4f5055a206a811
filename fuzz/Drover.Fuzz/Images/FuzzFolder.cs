namespace Drover.Fuzz.Images;

/// <summary>A folder of one target, in memory where that is possible; gone with it.</summary>
internal sealed class FuzzFolder(string target) : IDisposable
{
    private readonly string _path = Directory.CreateDirectory(Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"drover-fuzz-{target}-{Environment.ProcessId}")).FullName;

    public string PathOf(string name) => Path.Combine(_path, name);

    public string Make(string name) => Directory.CreateDirectory(PathOf(name)).FullName;

    /// <summary>A file to be a ROM module and to be mapped.</summary>
    public string Module()
    {
        File.WriteAllText(PathOf("module"), "good morning");
        return PathOf("module");
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
