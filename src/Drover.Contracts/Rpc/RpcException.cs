using Drover.Contracts.Abi;

namespace Drover.Contracts.Rpc;

/// <summary>A call to an RPC object did not come about or did not come back.</summary>
public sealed class RpcException : Exception
{
    public RpcException(CallStatus status, string method)
        : base($"{method}: {Explain(status)}")
    {
        Status = status;
        Method = method;
    }

    public CallStatus Status { get; }

    /// <summary>"Interface.Method", as far as known.</summary>
    public string Method { get; }

    private static string Explain(CallStatus status) => status switch
    {
        CallStatus.NoSuchSelector => "no capability is held under this selector",
        CallStatus.WrongKind => "the capability is of another kind",
        CallStatus.MessageTooLong => $"the message exceeds {UtcbLayout.DataBytes} bytes or {UtcbLayout.MaxCapabilities} capabilities; pass bulk data in a dataspace",
        CallStatus.NoSuchMethod => "the object does not know this method; client and server were built from different interfaces",
        CallStatus.MalformedMessage => "the message does not hold what the method takes",
        CallStatus.PeerGone => "the object is gone",
        CallStatus.PeerRestored => "a restore happened while the call was in flight; whether it was served is unknown",
        CallStatus.OutOfCapabilities => "the capability quota is used up",
        CallStatus.OutOfMemory => "the memory quota is used up",
        CallStatus.ServerFault => "the server failed while serving it; its log says why",
        CallStatus.NotAttached => "core gave this thread no UTCB; too many threads talk to it",
        CallStatus.VersionMismatch => "base library and node are of different versions",
        CallStatus.InvalidArgument => "an argument is out of range",
        CallStatus.Denied => "not allowed",
        _ => status.ToString(),
    };
}
