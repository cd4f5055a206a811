using Drover.Component;
using Saboteur;

// A component that works against the node for as long as it lives, each time in one way. It need not survive that itself.
return Component.Serve(env =>
{
    Action work = args switch
    {
        ["tables"] => Memory.RewriteTables,
        ["utcbs"] => () => Memory.ScribbleOverUtcbs(env),
        ["mappings"] => () => Churn.MapAndUnmap(env),
        ["threads"] => Churn.StartThreads,
        ["descriptors"] => Churn.CloseAndDuplicate,
        _ => throw new ArgumentException("tables, utcbs, mappings, threads or descriptors"),
    };
    // Said before it is so: afterwards the runtime may not find the files any more that it needs to say it.
    Console.WriteLine("at work");
    new Thread(() => work()) { IsBackground = true }.Start();
});
