namespace Drover.Core.Memory;

/// <summary>Who could have written to a dataspace since it was made. The node itself writes to none, but for the UTCB areas, and to
/// those that it fills before their component begins.</summary>
/// <param name="Handouts">How often a process was given a way to write to it. A process can keep what it was given.</param>
/// <param name="IsOwnerOnly">False once it was given to another than its owner.</param>
public readonly record struct DataspaceWriters(long Handouts, bool IsOwnerOnly);
