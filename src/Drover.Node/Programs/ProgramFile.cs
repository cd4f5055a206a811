using Drover.Node.Operations;

namespace Drover.Node.Programs;

/// <summary>How a program is started.</summary>
public enum ProgramKind
{
    /// <summary>A .NET assembly that the shared runtime executes.</summary>
    ManagedAssembly,

    /// <summary>An ELF file that runs by itself, such as NativeAOT or C.</summary>
    NativeExecutable,
}

/// <summary>A file that can run as a component.</summary>
/// <param name="Path">Absolute path of the assembly or the ELF file.</param>
/// <param name="Kind">How it is started.</param>
public sealed record ProgramFile(string Path, ProgramKind Kind)
{
    private static ReadOnlySpan<byte> ElfMagic => [0x7f, (byte)'E', (byte)'L', (byte)'F'];

    /// <summary>The component's name if none is given.</summary>
    public string DefaultName => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The program that <paramref name="path"/> means: an assembly, an ELF file, the executable that the SDK
    /// makes beside an assembly (which stands for the assembly), or a directory of build output with one program.</summary>
    /// <exception cref="NodeOperationException">It is nothing of these; the message says why and what to do.</exception>
    public static ProgramFile Find(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full))
            full = OnlyProgramOf(full);
        if (!File.Exists(full))
        {
            throw Refuse(
                $"There is no program '{full}'.", "Give the path of a built .dll or of an executable ELF file.");
        }

        if (full.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            return Managed(full);
        string extension = System.IO.Path.GetExtension(full);
        if (extension is ".csproj" or ".cs" or ".slnx" or ".sln")
            throw Refuse($"'{full}' is source code.", "Run 'dotnet build' and give the .dll it makes.");
        if (!IsElf(full))
            throw Refuse($"'{full}' is neither a .NET assembly nor an ELF file.", "Give a .dll or an executable ELF file.");

        string assembly = full + ".dll";
        return File.Exists(assembly) && File.Exists(RuntimeConfigurationOf(assembly))
            ? Managed(assembly)
            : new ProgramFile(full, ProgramKind.NativeExecutable);
    }

    private static ProgramFile Managed(string path)
    {
        if (!File.Exists(RuntimeConfigurationOf(path)))
        {
            throw Refuse(
                $"'{path}' is a library: '{RuntimeConfigurationOf(path)}' is missing.",
                "Give the .dll of a project with <OutputType>Exe</OutputType>, in its build output.");
        }

        return new ProgramFile(path, ProgramKind.ManagedAssembly);
    }

    private static string OnlyProgramOf(string directory)
    {
        string[] configurations = Directory.GetFiles(directory, "*.runtimeconfig.json");
        return configurations.Length == 1
            ? configurations[0].Replace(".runtimeconfig.json", ".dll", StringComparison.Ordinal)
            : throw Refuse(
                $"The directory '{directory}' holds {(configurations.Length == 0 ? "no" : "more than one")} .NET program.",
                "Give the path of the .dll itself, such as bin/Release/net10.0/NAME.dll.");
    }

    private static string RuntimeConfigurationOf(string assembly) =>
        System.IO.Path.ChangeExtension(assembly, ".runtimeconfig.json");

    private static bool IsElf(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[4];
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == 4 && start.SequenceEqual(ElfMagic);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Refuse($"'{path}' cannot be read: {e.Message}", "Make it readable for the user that runs the node.");
        }
    }

    private static NodeOperationException Refuse(string message, string advice) =>
        new(NodeErrorCode.NotAProgram, message, advice);
}
