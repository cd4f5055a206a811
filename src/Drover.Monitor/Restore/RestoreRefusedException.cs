namespace Drover.Monitor.Restore;

/// <summary>An image cannot be restored on this node. Nothing was left behind; the message says what is missing.</summary>
public sealed class RestoreRefusedException(string message, Exception? inner = null) : Exception(message, inner);
