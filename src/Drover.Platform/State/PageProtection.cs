namespace Drover.Platform.State;

/// <summary>Access rights of a mapping; the values are those of PROT_READ, PROT_WRITE and PROT_EXEC.</summary>
[Flags]
public enum PageProtection
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
}
