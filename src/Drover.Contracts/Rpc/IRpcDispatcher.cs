using Drover.Contracts.Abi;

namespace Drover.Contracts.Rpc;

/// <summary>Takes a request apart, calls the object, and writes the reply into the same message.</summary>
public interface IRpcDispatcher
{
    /// <summary>The object that is called.</summary>
    object Target { get; }

    /// <summary>Never throws: what the object throws becomes <see cref="CallStatus.ServerFault"/> and is given to
    /// <paramref name="fault"/>.</summary>
    CallStatus Dispatch(MessageBuffer message, out Exception? fault);
}
