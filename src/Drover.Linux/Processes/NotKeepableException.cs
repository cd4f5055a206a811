namespace Drover.Linux.Processes;

/// <summary>The process has something that an image cannot hold; it runs on as before.</summary>
public sealed class NotKeepableException : Exception
{
    internal NotKeepableException(string what)
        : base($"The process cannot be recorded because of {what}.")
    {
    }
}
