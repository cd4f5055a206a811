using Drover.Cli.Pictures.Model;

namespace Drover.Cli.Pictures.Drawing;

/// <summary>The sign of each family, in 12 by 12 pixels.</summary>
internal static class Signs
{
    /// <summary>"sign" for a filled shape or "sign-line" for lines, and the shape's path.</summary>
    public static (string Class, string Path) Of(ObjectFamily family) => family switch
    {
        // A gateway.
        ObjectFamily.Gate => ("sign-line", "M1 12V6a5 5 0 0 1 10 0v6M6 12V7"),
        // A plug that is square: core's own.
        ObjectFamily.CoreSession => ("sign", "M2 1h8a1 1 0 0 1 1 1v8a1 1 0 0 1 -1 1h-8a1 1 0 0 1 -1 -1v-8a1 1 0 0 1 1 -1z"),
        // A disc.
        ObjectFamily.ForeignSession => ("sign", "M6 0.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0 -11z"),
        // Pages.
        ObjectFamily.Memory => ("sign-line", "M1 2h10M1 6h10M1 10h10"),
        // A bolt.
        ObjectFamily.Signal => ("sign", "M7.5 0L1.5 7h3.6L4 12l6.5 -7.4H6.6z"),
        // A diamond.
        ObjectFamily.Other => ("sign", "M6 0.5L11.5 6L6 11.5L0.5 6z"),
        _ => ("sign-line", "M2 2L10 10M10 2L2 10"),
    };
}
