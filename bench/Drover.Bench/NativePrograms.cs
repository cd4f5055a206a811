using System.Diagnostics;
using System.Reflection;

namespace Drover.Bench;

/// <summary>The programs that are compiled ahead of time. That needs a linker, a runtime pack and the sources, so it is done when the
/// benchmark is run, where it is possible.</summary>
internal static class NativePrograms
{
    public const string Sheep = "NativeSheep";
    public const string Flock = "NativeFlock";

    public const string NotBuilt = "SheepCounter as a NativeAOT program was not built here (dotnet publish failed), so it is not among the figures.";

    /// <summary>The program, or null if it could not be made here.</summary>
    public static string? Find(string name) => Path.Combine(FolderOf(name), name) is { } path && File.Exists(path) ? path : null;

    /// <summary>Makes a program, or leaves none. It is not for a process that is pinned to one processor.</summary>
    public static void Publish(string name)
    {
        string folder = FolderOf(name);
        string project = Metadata(name + "Project");
        if (!File.Exists(project) || !TryPublish(project, folder))
            File.Delete(Path.Combine(folder, name));
    }

    private static bool TryPublish(string project, string folder)
    {
        Directory.CreateDirectory(folder);
        ProcessStartInfo start = new("dotnet", ["publish", project, "--configuration", "Release", "--runtime", "linux-x64", "--output", folder, "--nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process publish = Process.Start(start)!;
        Task<string> errors = publish.StandardError.ReadToEndAsync();
        string text = publish.StandardOutput.ReadToEnd();
        publish.WaitForExit();
        if (publish.ExitCode == 0)
            return true;
        Console.Error.WriteLine($"drover bench: {Path.GetFileNameWithoutExtension(project)} could not be compiled ahead of time:\n{text}{errors.Result}");
        return false;
    }

    private static string FolderOf(string name) => Path.Combine(Metadata("NativeFolder"), name);

    private static string Metadata(string key) => Path.GetFullPath(
        typeof(NativePrograms).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!);
}
