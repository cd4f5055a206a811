using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Core.Tests.Fakes;

/// <summary>
/// A selector as a component owns it: generated clients call through it with messages in the UTCB of a fake thread, so
/// that the whole way of a call is gone, bytes and all.
/// </summary>
internal sealed class ComponentCapability(FakeThread thread, uint selector) : CapabilityOwner
{
    public uint Selector => selector;

    public static Capability<T> Of<T>(FakeThread thread, uint selector)
        where T : class => new(new ComponentCapability(thread, selector));

    public override CapabilityOwner Duplicate() => new ComponentCapability(thread, selector);

    public override MessageBuffer BeginCall() => new UtcbMessage(thread);

    public override CallStatus Call(MessageBuffer message)
    {
        var utcb = (UtcbMessage)message;
        utcb.Store();
        thread.Private(PrivateCall.Call, selector, utcb.Info.Value, ++thread.Sequence);
        CallResult result = thread.Port.WhenAnswered(thread.CallId).WaitAsync(TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();
        utcb.Arrive(new MessageInfo(result.Info));
        return result.Status;
    }

    protected override void Dispose(bool disposing)
    {
    }
}
