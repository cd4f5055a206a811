namespace Drover.Contracts;

/// <summary>The value of an operation that gives none: <c>Attempt&lt;Unit, TError&gt;</c>.</summary>
public readonly record struct Unit
{
    public static Unit Value => default;
}
