using Drover.Cli.Pictures.Model;

namespace Drover.Cli.Pictures.Wording;

/// <summary>What became of a selector, in two words.</summary>
internal static class ChangeWording
{
    public static string Of(CapabilityChange change) => change switch
    {
        CapabilityChange.NewBadge => "new badge",
        CapabilityChange.SameBadge => "same badge",
        CapabilityChange.BecameVoid => "became void",
        CapabilityChange.StaysVoid => "void",
        CapabilityChange.OtherObject => "other object",
        CapabilityChange.Gone => "gone",
        _ => "appeared",
    };
}
