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
    ["measure"] => Component.Run(env =>
    {
        Measures.ReportAll(env);
        return 0;
    }),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Meter adder | measure");
    return 64;
}
