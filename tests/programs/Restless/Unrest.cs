namespace Restless;

/// <summary>Threads that do something over and over, but leave others a chance.</summary>
internal static class Unrest
{
    /// <param name="begun">Told when it was done once.</param>
    /// <param name="act">Gets the number of the round, from 0.</param>
    public static void Begin(CountdownEvent begun, Action<int> act) => new Thread(() =>
    {
        act(0);
        begun.Signal();
        for (int round = 1; ; round++)
        {
            act(round);
            Thread.Sleep(1);
        }
    })
    { IsBackground = true }.Start();
}
