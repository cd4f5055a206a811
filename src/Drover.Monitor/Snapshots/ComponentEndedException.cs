namespace Drover.Monitor.Snapshots;

/// <summary>The component ended by itself, or was ended by somebody else, before it could be rolled back. The snapshot is still there.</summary>
public sealed class ComponentEndedException(string name) : Exception($"'{name}' ended meanwhile")
{
    public string Name { get; } = name;
}
