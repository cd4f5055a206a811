namespace Drover.Monitor.Snapshots;

/// <summary>The component was ended for a roll back and could not be built again. The snapshot is still there.</summary>
public sealed class RollbackFailedException(string message, Exception inner) : Exception(message, inner);
