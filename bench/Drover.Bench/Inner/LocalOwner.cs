using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Bench.Inner;

/// <summary>Client and dispatcher connected without core and without a process between them.</summary>
internal sealed class LocalOwner(IRpcDispatcher dispatcher) : CapabilityOwner
{
    private readonly LocalMessage _message = new();

    public override CapabilityOwner Duplicate() => this;

    public override MessageBuffer BeginCall()
    {
        _message.Reset();
        return _message;
    }

    public override CallStatus Call(MessageBuffer message)
    {
        _message.Arrive();
        CallStatus status = dispatcher.Dispatch(_message, out _);
        _message.Arrive();
        return status;
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing is owned.
    }
}
