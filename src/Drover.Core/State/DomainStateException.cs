namespace Drover.Core.State;

/// <summary>A recorded state does not hold together, or this node cannot bring it about.</summary>
public sealed class DomainStateException(string entry, string problem) : Exception($"{entry}: {problem}")
{
    /// <summary>The entry that is wrong, such as "slot 17" or "thread 4".</summary>
    public string Entry { get; } = entry;
}
