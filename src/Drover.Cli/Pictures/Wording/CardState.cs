namespace Drover.Cli.Pictures.Wording;

internal enum CardState
{
    Good,

    /// <summary>It disagrees with core.</summary>
    Wrong,

    /// <summary>It stands for what is not there.</summary>
    Absent,
}
