namespace Drover.Bench;

/// <summary>The benchmark cannot measure what it says it measures.</summary>
internal sealed class BenchException(string message) : Exception(message);
