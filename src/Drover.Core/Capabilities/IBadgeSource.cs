namespace Drover.Core.Capabilities;

/// <summary>Gives each kernel object its badge. Called under the kernel's lock only.</summary>
public interface IBadgeSource
{
    /// <summary>A badge that was never given before on this node and is not <see cref="Badge.None"/>.</summary>
    Badge Next();
}
