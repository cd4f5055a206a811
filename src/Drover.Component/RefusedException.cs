namespace Drover.Component;

/// <summary>An operation was refused and the caller had not asked to decide on that itself.</summary>
public sealed class RefusedException(string operation, Enum error) : Exception($"{operation} was refused: {error}")
{
    public string Operation { get; } = operation;

    /// <summary>A value of the error type that the operation's Try form gives.</summary>
    public Enum Error { get; } = error;
}
