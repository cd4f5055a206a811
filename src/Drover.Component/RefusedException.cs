using Drover.Contracts.Sessions;

namespace Drover.Component;

/// <summary>An operation was refused and the caller had not asked to decide on that itself. If nobody catches it the component ends with
/// its message, which says what to do where that is known.</summary>
public sealed class RefusedException(string operation, Enum error) : Exception($"{operation} was refused: {error}{Advice(error)}")
{
    public string Operation { get; } = operation;

    /// <summary>A value of the error type that the operation's Try form gives.</summary>
    public Enum Error { get; } = error;

    private static string Advice(Enum error) => error switch
    {
        SessionError.NoSuchService => ". Nobody on this node offers it: first start a component that does",
        SessionError.NameTaken => ". Another component on this node offers it already: end that one, or run this one on another node",
        AllocationError.OutOfMemory => ". Give the component more with 'drover run --ram'",
        AllocationError.OutOfCapabilities => ". Give the component more with 'drover run --caps'",
        _ => "",
    };
}
