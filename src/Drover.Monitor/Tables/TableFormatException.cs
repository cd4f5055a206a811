namespace Drover.Monitor.Tables;

/// <summary>A component's relocatable tables do not hold together. The message names the entry.</summary>
public sealed class TableFormatException : Exception
{
    public TableFormatException(string where, string expected, string found)
        : base($"the component's tables do not hold together: {where}: expected {expected}, found {found}")
    {
        Where = where;
    }

    /// <summary>The entry or field, such as "capability map entry 17".</summary>
    public string Where { get; }
}
