using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Images.State;

/// <summary>A file that the component may open, by the name it asks for.</summary>
public sealed record RomState(string Name, FileIdentity File);

/// <summary>How the component was started.</summary>
public sealed record LaunchState
{
    public required string Executable { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required IReadOnlyList<string> Environment { get; init; }

    public required IReadOnlyList<RomState> Roms { get; init; }

    public required ProcessLimits Limits { get; init; }

    /// <summary>Folders of the node that the component sees read-only beside the system's libraries.</summary>
    public IReadOnlyList<string> ReadableFolders { get; init; } = [];
}
