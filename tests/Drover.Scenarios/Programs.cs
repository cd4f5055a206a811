using System.Reflection;

namespace Drover.Scenarios;

/// <summary>Where the components of the scenarios lie.</summary>
internal static class Programs
{
    public static string SheepCounter => PathOf(nameof(SheepCounter));

    public static string Shepherd => PathOf(nameof(Shepherd));

    /// <summary>The command line.</summary>
    public static string Drover => PathOf(nameof(Drover));

    public static string Examiner => PathOf(nameof(Examiner));

    public static string Churn => PathOf(nameof(Churn));

    public static string Clockwork => PathOf(nameof(Clockwork));

    public static string Ledger => PathOf(nameof(Ledger));

    public static string Saboteur => PathOf(nameof(Saboteur));

    public static string Laggard => PathOf(nameof(Laggard));

    public static string Restless => PathOf(nameof(Restless));

    public static string Rush => PathOf(nameof(Rush));

    public static string Tally => PathOf(nameof(Tally));

    public static string Cartographer => PathOf(nameof(Cartographer));

    public static string Steward => PathOf(nameof(Steward));

    /// <summary>The project of SheepCounter as a NativeAOT program.</summary>
    public static string NativeSheepProject => PathOf(nameof(NativeSheepProject));

    private static string PathOf(string name) => Path.GetFullPath(
        typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == name).Value!);
}
