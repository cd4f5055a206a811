using System.Globalization;
using Drover.Component;
using Drover.Component.Sessions;
using Rush;
using Tally;

// `serve` keeps a ledger of the calls that it gets; `call THREADS [all-signals]` makes them until the server has enough
// and compares; `finish CALLS` tells the server when that is. With `hail` as last argument signals rain on all threads.
if (args is [.., "hail"])
{
    Hail.Begin();
    args = args[..^1];
}

return args switch
{
    ["serve"] => Component.Serve(Server.Begin),
    ["call", string threads, .. string[] options] => Component.Run(env => Client.Run(env, Number(threads), options)),
    ["finish", string calls] => Component.Run(env => Finish(env, Number(calls))),
    ["lend", .. string[] options] => Component.Serve(env => Lender.Begin(env, options.Contains("alone"))),
    ["vault"] => Component.Serve(Vault.Begin),
    ["collect", .. string[] options] => Component.Run(env => Lender.Collect(env, options.Contains("again"))),
    ["own-memory"] => Component.Serve(Shared.Offer),
    ["use-memory"] => Component.Serve(Shared.Use),
    _ => 64,
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Finish(Env env, int calls)
{
    using Session<IRush> session = env.OpenSession<IRush>("Rush");
    session.Client.Finish((ulong)calls);
    return 0;
}
