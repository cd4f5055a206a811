using Drover.Component;
using Meter;

return args switch
{
    ["adder"] => Component.Serve(env =>
    {
        Adder adder = new();
        env.Announce<IAdder>("Adder", _ => adder);
        Console.WriteLine("adder ready");
    }),
    ["workers"] => Component.Serve(env =>
    {
        foreach (int threads in Throughput.ServingThreads)
        {
            Worker worker = new();
            string name = Throughput.ServiceName(threads);
            env.Announce<IWorker>(name, _ => worker, entrypoint: env.CreateEntrypoint(new(name, threads)));
        }

        Console.WriteLine("workers ready");
    }),
    ["throughput"] => Component.Run(env =>
    {
        Throughput.ReportAll(env);
        return 0;
    }),
    ["measure"] => Component.Run(env =>
    {
        Measures.ReportAll(env);
        return 0;
    }),
    ["herd", string count] => Component.Run(env =>
    {
        Herd.Live(Herd.Make(env, Number(count)));
        return 0;
    }),
    ["lookup", string count] => Component.Run(env =>
    {
        Herd.ReportLookups(env, Number(count));
        return 0;
    }),
    _ => Usage(),
};

static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("usage: Meter adder | measure | workers | throughput | herd COUNT | lookup COUNT");
    return 64;
}
