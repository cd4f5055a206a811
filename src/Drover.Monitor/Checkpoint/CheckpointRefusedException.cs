namespace Drover.Monitor.Checkpoint;

/// <summary>A component cannot be checkpointed as it is. It runs on; the message says what is in the way.</summary>
public sealed class CheckpointRefusedException(string message) : Exception(message);
