using Drover.Platform;

namespace Drover.Monitor;

/// <summary>What a component is started with.</summary>
public sealed record ComponentSpecification
{
    public required string Name { get; init; }

    /// <summary>Host path of the ELF file to execute.</summary>
    public required string Executable { get; init; }

    /// <summary>argv, the program's name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>KEY=VALUE strings.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Bytes for dataspaces and tables; what the process may map for itself is in <see cref="Limits"/>.</summary>
    public required ulong RamQuotaBytes { get; init; }

    public required ulong CapabilityQuota { get; init; }

    /// <summary>Folders that the component sees read-only beside the system's libraries.</summary>
    public IReadOnlyList<string> ReadableFolders { get; init; } = [];

    public required ProcessLimits Limits { get; init; }

    /// <summary>ROM modules: name to host path.</summary>
    public IReadOnlyDictionary<string, string> Roms { get; init; } = new Dictionary<string, string>();
}
