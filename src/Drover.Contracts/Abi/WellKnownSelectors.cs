namespace Drover.Contracts.Abi;

/// <summary>Slots of a capability space that are filled before the first instruction.</summary>
public static class WellKnownSelectors
{
    /// <summary>Names nothing, ever.</summary>
    public const uint Null = 0;

    /// <summary><see cref="Sessions.IParent"/></summary>
    public const uint Parent = 1;

    /// <summary><see cref="Sessions.IPdSession"/></summary>
    public const uint Pd = 2;

    /// <summary><see cref="Sessions.ICpuSession"/></summary>
    public const uint Cpu = 3;

    /// <summary><see cref="Sessions.IRmSession"/></summary>
    public const uint Rm = 4;
}
