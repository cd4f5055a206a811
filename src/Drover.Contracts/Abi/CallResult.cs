namespace Drover.Contracts.Abi;

/// <summary>
/// The 64-bit result of a private call, and the reply that a server gives: bits 0-31 info, bits 32-39 status.
/// Never negative, so that libc does not take it for an errno.
/// </summary>
public readonly record struct CallResult(ulong Value)
{
    public CallResult(CallStatus status, uint info = 0)
        : this(((ulong)status << 32) | info)
    {
    }

    public CallStatus Status => (CallStatus)(byte)(Value >> 32);

    public uint Info => (uint)Value;
}
