using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Rpc.Generator.Tests;

/// <summary>Client and dispatcher connected within the test: each message is copied as core would copy it.</summary>
internal sealed class Loopback(IRpcDispatcher dispatcher) : CapabilityOwner
{
    private readonly LoopbackMessage _message = new();

    /// <summary>Owners of this object that are open.</summary>
    public int Open { get; private set; } = 1;

    public Exception? LastFault { get; private set; }

    public CallStatus LastStatus { get; private set; }

    /// <summary>May change request bytes before they arrive.</summary>
    public Func<byte[], byte[]> OnRequest { get; set; } = bytes => bytes;

    /// <summary>May change reply bytes before they arrive.</summary>
    public Func<byte[], byte[]> OnReply { get; set; } = bytes => bytes;

    public static Capability<T> To<T>(T target)
        where T : class => new(new Loopback(RpcBinding<T>.CreateDispatcher(target)));

    public static Loopback Of<T>(Capability<T> capability)
        where T : class => (capability.Owner as Reference)?.Root ?? (Loopback)capability.Owner;

    public override CapabilityOwner Duplicate()
    {
        Open++;
        return new Reference(this);
    }

    public override MessageBuffer BeginCall()
    {
        _message.Reset();
        return _message;
    }

    public override CallStatus Call(MessageBuffer message)
    {
        LoopbackMessage server = new();
        server.Arrive(OnRequest(_message.Content), _message.Capabilities);
        LastStatus = dispatcher.Dispatch(server, out Exception? fault);
        LastFault = fault;
        _message.Arrive(OnReply(server.Content), server.Capabilities);
        server.Reset();
        return LastStatus;
    }

    protected override void Dispose(bool disposing) => Open--;

    /// <summary>Another owner.</summary>
    private sealed class Reference(Loopback root) : CapabilityOwner
    {
        private bool _isDisposed;

        public Loopback Root { get; } = root;

        public override CapabilityOwner Duplicate() => Root.Duplicate();

        public override MessageBuffer BeginCall()
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return Root.BeginCall();
        }

        public override CallStatus Call(MessageBuffer message) => Root.Call(message);

        protected override void Dispose(bool disposing)
        {
            if (_isDisposed || !disposing)
                return;
            _isDisposed = true;
            Root.Open--;
        }
    }
}
