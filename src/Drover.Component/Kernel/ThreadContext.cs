using Drover.Component.Capabilities;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Component.Kernel;

/// <summary>A thread that is known to core: its UTCB and its sequence of calls. Used by that thread only.</summary>
internal sealed class ThreadContext
{
    private readonly IKernelCalls _kernel;
    private ulong _sequence;

    private ThreadContext(Domain domain, IKernelCalls kernel, int slot)
    {
        _kernel = kernel;
        Message = new UtcbMessageBuffer(domain, kernel.UtcbArea + (slot * UtcbLayout.SlotBytes));
    }

    public UtcbMessageBuffer Message { get; }

    /// <summary>Makes the calling thread known to core.</summary>
    public static ThreadContext Attach(Domain domain, IKernelCalls kernel)
    {
        CallResult result = kernel.Invoke(PrivateCall.Startup, AbiVersion.Current, 0, 0);
        if (result.Status != CallStatus.Ok)
            throw new RpcException(result.Status, nameof(PrivateCall.Startup));
        if (result.Info >= UtcbLayout.SlotCount)
            throw new RpcException(CallStatus.VersionMismatch, nameof(PrivateCall.Startup));
        return new(domain, kernel, (int)result.Info);
    }

    /// <summary>One call under a number of its own: core does it once, however often Linux issues it.</summary>
    public CallResult Invoke(PrivateCall call, ulong first, ulong second = 0) =>
        _kernel.Invoke(call, first, second, ++_sequence);
}
