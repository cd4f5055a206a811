namespace Drover.Node.Operations;

/// <summary>What to start, and with what.</summary>
public sealed record RunRequest
{
    /// <summary>Absolute path of an ELF file or of a .NET assembly with its runtimeconfig.json.</summary>
    public required string Program { get; init; }

    /// <summary>Name of the component on its node; the program's file name without extension if null.</summary>
    public string? Name { get; init; }

    /// <summary>RAM quota in bytes; the node's default if null.</summary>
    public ulong? RamBytes { get; init; }

    /// <summary>Capability quota; the node's default if null.</summary>
    public int? Capabilities { get; init; }

    /// <summary>ROM modules beyond the program's own files: name to absolute path.</summary>
    public IReadOnlyDictionary<string, string> Roms { get; init; } = new Dictionary<string, string>();

    /// <summary>Environment variables of the component; nothing is inherited from the node.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Arguments after the program's name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Checkpoints that are to be taken while it runs; null for none.</summary>
    public PeriodicRequest? Checkpoints { get; init; }
}
