namespace Drover.Contracts.Abi;

/// <summary>The agreement between base library and core; both refuse another version.</summary>
public static class AbiVersion
{
    public const int Current = 1;
}
