namespace Drover.Cli.Pictures.Model;

/// <summary>How a component's record of a slot compares with core's.</summary>
internal enum CapabilityCondition
{
    /// <summary>What the component noted is what core holds.</summary>
    Agrees,

    /// <summary>Core holds a capability that the capability map does not have.</summary>
    NotNoted,

    /// <summary>The component's tables name a slot in which core holds nothing.</summary>
    Empty,

    /// <summary>A badge, or the label of a pool entry, is not core's.</summary>
    Differs,

    /// <summary>The slot is taken and leads to nothing: its object is gone.</summary>
    Void,
}
