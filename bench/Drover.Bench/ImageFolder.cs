namespace Drover.Bench;

/// <summary>Where images are written: in memory where there is a place for that, so that no disk is measured.</summary>
internal sealed class ImageFolder : IDisposable
{
    private const string SharedMemory = "/dev/shm";
    private readonly string _path;
    private int _images;

    public ImageFolder()
    {
        string parent = Directory.Exists(SharedMemory) ? SharedMemory : Path.GetTempPath();
        _path = Directory.CreateDirectory(Path.Combine(parent, $"drover-bench-{Environment.ProcessId}")).FullName;
    }

    /// <summary>A path that no image has.</summary>
    public string Next() => Path.Combine(_path, $"image-{++_images}");

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
