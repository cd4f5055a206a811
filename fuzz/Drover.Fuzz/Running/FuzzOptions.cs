using System.Globalization;
using System.Security.Cryptography;

namespace Drover.Fuzz.Running;

/// <summary>What is asked for.</summary>
/// <param name="Target">The name of one target, or "all".</param>
/// <param name="Time">How long each target is fuzzed; targets run side by side.</param>
/// <param name="Cases">How many cases are run of each target, if that comes sooner.</param>
/// <param name="Seed">That of the first case; each case has the next one.</param>
internal sealed record FuzzOptions(string Target, TimeSpan Time, long Cases, ulong Seed)
{
    public const string All = "all";

    public const string Usage = "usage: drover fuzz [tables|utcb|images|chains|groups|all] [--seconds N] [--seed S] [--cases N]";

    private static readonly TimeSpan DefaultTime = TimeSpan.FromSeconds(60);

    public static bool TryParse(string[] arguments, out FuzzOptions options)
    {
        options = new FuzzOptions(All, DefaultTime, long.MaxValue, BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))));
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith('-'))
                options = options with { Target = arguments[i] };
            else if (i + 1 == arguments.Length || !ulong.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
                return false;
            else if (Set(options, arguments[i++], value) is { } set)
                options = set;
            else
                return false;
        }

        return options.Target is All or "tables" or "utcb" or "images" or "chains" or "groups";
    }

    private static FuzzOptions? Set(FuzzOptions options, string name, ulong value) => name switch
    {
        "--seconds" when value is > 0 and <= int.MaxValue => options with { Time = TimeSpan.FromSeconds(value) },
        "--cases" when value is > 0 and <= long.MaxValue => options with { Cases = (long)value },
        "--seed" => options with { Seed = value },
        _ => null,
    };
}
