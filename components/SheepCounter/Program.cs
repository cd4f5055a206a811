using System.Globalization;
using Drover.Component;
using Sheep.Contracts;
using SheepCounter;

if (args.Length > 1 || !TryInterval(args, out TimeSpan interval))
{
    Console.Error.WriteLine("usage: SheepCounter [milliseconds between two sheep]");
    return 64;
}

return Component.Serve(env =>
{
    SheepFold fold = new(env);
    env.Announce<ISheepFold>("Sheep", _ => fold);
    fold.CountEvery(interval);
});

static bool TryInterval(string[] args, out TimeSpan interval)
{
    int milliseconds = 500;
    bool valid = args.Length == 0
        || (int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out milliseconds) && milliseconds > 0);
    interval = TimeSpan.FromMilliseconds(milliseconds);
    return valid;
}
