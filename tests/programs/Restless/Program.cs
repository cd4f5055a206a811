using Drover.Component;
using Lively;
using Restless;

// Never at rest: one thread writes to private memory, one to a dataspace, one maps, moves, drops and unmaps, and one makes and
// frees dataspaces. It says "busy" when each has done something, and nothing afterwards.
return Component.Run(env =>
{
    using CountdownEvent begun = new(4);
    Unrest.Begin(begun, new PrivatePages().Write);
    Unrest.Begin(begun, new SharedPages(env).Write);
    Unrest.Begin(begun, round => Arena.Small.Stir(round, 60));
    Unrest.Begin(begun, new PassingDataspaces(env).Next);
    begun.Wait();
    Console.WriteLine("busy");
    Thread.Sleep(Timeout.Infinite);
    return 0;
});
