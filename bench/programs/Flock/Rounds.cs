namespace Flock;

/// <summary>Writes and sleeps by turns.</summary>
internal static class Rounds
{
    public static void Forever(Dirtying dirtying)
    {
        for (ulong round = 1; ; round++)
        {
            dirtying.Now();
            Console.WriteLine($"round {round}");
            Thread.Sleep(dirtying.Remaining());
        }
    }
}
