namespace Drover.Fuzz.Running;

/// <summary>Something that must always hold did not.</summary>
internal sealed class FindingException(string what) : Exception(what)
{
    public static void Unless(bool holds, string what)
    {
        if (!holds)
            throw new FindingException(what);
    }
}
