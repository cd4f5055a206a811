using System.Globalization;
using Drover.Component;
using Drover.Component.Rpc;
using Drover.Component.Sessions;
using Drover.Contracts.Rpc;
using Tally;

// Two components in one program: `serve` counts the calls that it gets, `call N` makes them and counts them too.
// `spend N` makes twice that many and says what the threads on both sides allocated during the second half.
// With `hail` as last argument signals rain on all threads meanwhile. Each call carries a capability both ways, so that a call done twice would show in the counts of capabilities as well.
if (args is [.., "hail"])
{
    Hail.Begin();
    args = args[..^1];
}

return args switch
{
    ["serve"] => Component.Serve(env =>
    {
        Counter counter = new(env);
        env.Announce<ICounter>("Tally", _ => counter, entrypoint: env.CreateEntrypoint(new("tally", Threads: 2)));
        Console.WriteLine("serving");
    }),
    ["call", string count] => Component.Run(env => Call(env, ulong.Parse(count, CultureInfo.InvariantCulture))),
    ["spend", string count] => Component.Run(env => Spend(env, ulong.Parse(count, CultureInfo.InvariantCulture))),
    _ => 64,
};

static int Spend(Env env, ulong calls)
{
    using Session<ICounter> session = env.OpenSession<ICounter>("Tally");
    ICounter counter = session.Client;
    Enter(counter, calls);
    Spending server = counter.Spent();
    Spending client = Spending.OfThisThread;
    Enter(counter, calls);
    long spent = Spending.OfThisThread.AllocatedBytes - client.AllocatedBytes;
    Spending after = counter.Spent();
    Console.WriteLine($"one thread served: {server.Thread == after.Thread}");
    Console.WriteLine($"allocated {spent} and {after.AllocatedBytes - server.AllocatedBytes}");
    return 0;
}

static void Enter(ICounter counter, ulong calls)
{
    for (ulong i = 0; i < calls; i++)
    {
        if (counter.Enter(new Entry(i, 1, 2, 3)) != i + 6)
            throw new InvalidOperationException($"entry {i} does not add up");
    }
}

static int Call(Env env, ulong calls)
{
    using Session<ICounter> session = env.OpenSession<ICounter>("Tally");
    Entrypoint own = env.Entrypoint;
    using Capability<IMark> mark = own.Manage<IMark>(new Mark());
    Console.WriteLine("calling");
    for (ulong i = 1; i <= calls; i++)
    {
        Attempt(i, session.Client.Add());
        using Capability<IMark> back = session.Client.Pass(mark);
        if (i % 16 == 0)
            Attempt(i, session.Client.Total());
    }

    FoldCounts counts = session.Client.Counts();
    var use = env.CapabilityUse();
    Console.WriteLine($"client {calls}, server {session.Client.Total()}");
    Console.WriteLine($"owners: client {use.OpenOwners == use.RecordedOwners}, server {counts.OpenOwners == counts.RecordedOwners}");
    return 0;
}

static void Attempt(ulong expected, ulong found)
{
    if (expected != found)
        throw new InvalidOperationException($"call {expected} was number {found} at the server");
}
