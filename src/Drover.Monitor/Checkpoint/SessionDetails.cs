namespace Drover.Monitor.Checkpoint;

/// <summary>Keys of what an image keeps of a session beyond its arguments.</summary>
internal static class SessionDetails
{
    /// <summary>LOG: the beginning of a line whose end has not come.</summary>
    public const string PartialLine = "partialLine";
}
