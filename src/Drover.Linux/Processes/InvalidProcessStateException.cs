namespace Drover.Linux.Processes;

/// <summary>A recorded state that does not hold together or asks for more than is allowed; nothing was built.</summary>
public sealed class InvalidProcessStateException : Exception
{
    internal InvalidProcessStateException(string fault)
        : base($"The recorded process cannot be built: {fault}.")
    {
    }
}
