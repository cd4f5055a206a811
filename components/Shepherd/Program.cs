using System.Globalization;
using Drover.Component;
using Drover.Component.Sessions;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Sheep.Contracts;

if (args.Length > 1 || !TryCalls(args, out int calls))
{
    Console.Error.WriteLine("usage: Shepherd [number of calls]");
    return 64;
}

return Component.Run(env =>
{
    if (!env.TryOpenSession<ISheepFold>("Sheep").TryGet(out Session<ISheepFold>? session, out SessionError error))
    {
        Console.Error.WriteLine($"shepherd: no session to the service 'Sheep' ({error}); start SheepCounter first");
        return 2;
    }

    using (session)
        return CountCalls(session.Client, calls);
});

static int CountCalls(ISheepFold fold, int calls)
{
    int answered = 0;
    ulong last = 0;
    string? failure = null;
    for (int i = 0; i < calls; i++)
    {
        try
        {
            last = fold.Count();
            answered++;
        }
        catch (RpcException exception)
        {
            failure ??= exception.Message;
        }
    }

    if (failure is not null)
        Console.Error.WriteLine($"shepherd: the first call that failed: {failure}");
    Console.WriteLine($"shepherd: {answered} calls answered, {calls - answered} failed, last count {last}");
    return answered == calls ? 0 : 1;
}

static bool TryCalls(string[] args, out int calls)
{
    calls = 100;
    return args.Length == 0
        || (int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out calls) && calls > 0);
}
