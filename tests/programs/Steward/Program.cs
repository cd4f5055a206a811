using System.Globalization;
using Drover.Component;
using Steward;

// Components with sessions, entrypoints, objects and threads as real ones have them, and the clients that try them. One
// line of output for each thing seen.
return args switch
{
    ["many", string count] => Component.Serve(env => Many.Serve(env, Number(count))),
    ["visit", string count] => Component.Run(env => Visit.Each(env, Number(count))),
    ["dissolve", string number] => Component.Run(env => Visit.Dissolve(env, Number(number))),
    ["entrypoints"] => Component.Serve(Controlled.Serve),
    ["steer"] => Component.Run(Steering.Signal),
    ["end"] => Component.Run(Steering.End),
    ["accounts"] => Component.Serve(Accounts.Serve),
    ["close"] => Component.Run(Accounts.CloseAll),
    ["threads"] => Component.Serve(Workers.Serve),
    ["report"] => Component.Run(Workers.Report),
    ["lend"] => Component.Serve(Lending.Serve),
    ["borrow"] => Component.Run(Borrowing.Try),
    ["hold"] => Component.Serve(Borrowing.Hold),
    _ => 64,
};

static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);
