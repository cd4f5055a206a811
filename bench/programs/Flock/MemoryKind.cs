namespace Flock;

/// <summary>Where the memory lies.</summary>
internal enum MemoryKind
{
    Private,
    Dataspace,
}
