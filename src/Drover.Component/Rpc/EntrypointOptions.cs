namespace Drover.Component.Rpc;

/// <param name="Name">Of its threads.</param>
/// <param name="Threads">How many calls are served at a time.</param>
/// <param name="KeepsProcessAlive">Whether the process lives on when Main has returned.</param>
public sealed record EntrypointOptions(string Name, int Threads = 1, bool KeepsProcessAlive = false);
