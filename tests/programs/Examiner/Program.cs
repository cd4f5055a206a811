using System.Globalization;
using Drover.Component;
using Drover.Component.Memory;
using Drover.Component.Sessions;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Examiner;
using Sheep.Contracts;

// What the scenarios do from inside a component, one line of output for each thing seen.
return args switch
{
    ["inventory"] => Component.Run(TakeInventory),
    ["describe"] => Component.Run(Describe),
    ["bring"] => Component.Run(BringSheep),
    ["damage", string table, string index, string offset, string value] => Component.Serve(env =>
        Damage.Table(env, table, Number(index), Number(offset), Number(value))),
    ["refused"] => Component.Run(Refused.TryAll),
    ["modules"] => Component.Serve(Modules.Watch),
    ["sessions"] => Component.Serve(ModuleSessions.CloseOneByOne),
    ["offer"] => Component.Serve(Sharing.Offer),
    ["use"] => Component.Serve(Sharing.Use),
    ["lend"] => Component.Serve(LentModule.Lend),
    ["borrow"] => Component.Serve(LentModule.Borrow),
    ["withdraw"] => Component.Run(LentModule.Withdraw),
    ["watch"] => Component.Serve(Watch.Begin),
    ["idle"] => Component.Serve(_ => Console.WriteLine("idle")),
    _ => 64,
};

static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);

static int TakeInventory(Env env)
{
    using Session<ISheepFold> fold = env.OpenSession<ISheepFold>("Sheep");
    FoldInventory inventory = fold.Client.Inventory();
    Console.WriteLine($"selectors {inventory.Selectors}, owners {inventory.RecordedOwners} of {inventory.OpenOwners}, called {inventory.SheepCalled}");
    for (uint number = 0; fold.Client.Fetch(number) is { } sheep; number++)
    {
        using (sheep)
            Console.WriteLine($"{sheep.Client.Name()} bleated {sheep.Client.Bleat()} times");
    }

    return 0;
}

static int Describe(Env env)
{
    using Session<ISheepFold> fold = env.OpenSession<ISheepFold>("Sheep");
    Console.WriteLine(fold.Client.Describe());
    return 0;
}

static int BringSheep(Env env)
{
    using Session<ISheepFold> fold = env.OpenSession<ISheepFold>("Sheep");
    using Capability<ISheep> own = env.Entrypoint.Manage<ISheep>(new Stray());
    Console.WriteLine($"brought {fold.Client.Bring(own)}");
    using Capability<ISheep> back = fold.Client.Fetch(4)!;
    Console.WriteLine($"{back.Client.Name()} came back");
    return 0;
}
