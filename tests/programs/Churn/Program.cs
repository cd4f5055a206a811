using System.Globalization;
using Churn;
using Drover.Component;

// A component that makes and ends objects of all kinds as fast as it can, on WORKERS threads, each of which keeps HELD of
// them, and now and then stands still and holds all that it has against what it knows of it. It says `consistent` with a number that
// counts up; what does not agree ends it.
return args is [string workers, string held]
    ? Component.Serve(env => new Workshop(env, Number(workers), Number(held)).Begin())
    : 64;

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
