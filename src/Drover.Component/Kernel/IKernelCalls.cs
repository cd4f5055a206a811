using Drover.Contracts.Abi;

namespace Drover.Component.Kernel;

/// <summary>The private system calls as one instruction does them. Implemented by Linux, and by the tests' own core.</summary>
internal interface IKernelCalls
{
    /// <summary>Where the UTCBs lie.</summary>
    nint UtcbArea { get; }

    /// <summary>Blocks as long as core does. A call that Linux issues again is not seen here.</summary>
    CallResult Invoke(PrivateCall call, ulong first, ulong second, ulong sequence);
}
