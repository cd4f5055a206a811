namespace Drover.Scenarios;

/// <summary>A fact about NativeAOT programs, which can be made only where there is a linker.</summary>
internal sealed class NativeAotFactAttribute : FactAttribute
{
    public NativeAotFactAttribute()
    {
        string[] folders = Environment.GetEnvironmentVariable("PATH")?.Split(':') ?? [];
        bool hasLinker = folders.Any(folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc")));
        if (!hasLinker)
            Skip = "NativeAOT programs are linked by clang or gcc, and neither is here.";
    }
}
