using System.Globalization;
using Cartographer;
using Drover.Component;
using Drover.Component.Sessions;
using Drover.Component.Signals;

// `serve` has the maps; everything else asks it, or looks at its memory from another domain.
return args switch
{
    ["serve"] => Component.Serve(env =>
    {
        Atlas atlas = new(env);
        env.Announce<IAtlas>("Atlas", _ => atlas);
        Console.WriteLine("serving");
    }),
    ["churn"] => Component.Serve(env =>
    {
        Churn churn = new(env);
        Console.WriteLine("churning");
        GC.KeepAlive(churn);
    }),
    ["rogue"] => Component.Serve(env =>
    {
        Rogue rogue = new(env);
        rogue.TakeApart();
        rogue.Rain();
        Console.WriteLine("took apart");
        ulong at = 7;
        SessionTimer timer = env.CreateTimer(() =>
        {
            if (++at < 12)
                Console.WriteLine($"sees {rogue.Look(at)}");
            else if (at == 12)
                Console.WriteLine($"found {rogue.Settle()}");
        });
        timer.TriggerPeriodic(TimeSpan.FromMilliseconds(200));
    }),
    ["survey", string stamp] => Ask(atlas => atlas.Survey(byte.Parse(stamp, CultureInfo.InvariantCulture))),
    ["touch", string page] => Ask(atlas => $"{atlas.Touch(uint.Parse(page, CultureInfo.InvariantCulture))}"),
    ["strand", string page] => Ask(atlas =>
    {
        atlas.Strand(uint.Parse(page, CultureInfo.InvariantCulture));
        return "stranded";
    }),
    ["settle"] => Ask(atlas => $"{atlas.Settle()}"),
    ["visit"] => Component.Run(Visitor.Visit),
    ["explore"] => Component.Run(Visitor.Explore),
    ["linger"] => Component.Run(Visitor.Linger),
    _ => 64,
};

static int Ask(Func<IAtlas, string> question) => Component.Run(env =>
{
    using Session<IAtlas> session = env.OpenSession<IAtlas>("Atlas");
    Console.WriteLine(question(session.Client));
    return 0;
});
