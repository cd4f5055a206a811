using Drover.Component.Rpc;
using Drover.Contracts.Rpc;

namespace Churn;

/// <summary>An RPC object with several owners of its capability, of which one was received in a reply.</summary>
internal sealed class ServedThing : Thing
{
    private readonly Entrypoint _served;
    private readonly ulong _number;
    private readonly Capability<ITray> _made;
    private readonly Capability<ITray> _duplicate;
    private readonly Capability<ITray> _received;

    public ServedThing(Entrypoint served, ulong number)
    {
        _served = served;
        _number = number;
        _made = served.Manage<ITray>(new Tray(number));
        _duplicate = _made.Duplicate();
        _received = _made.Client.Pass(_duplicate);
    }

    public override void Check()
    {
        Expect("number of an object", _number, _made.Client.Number());
        Expect("number through a duplicate", _number, _duplicate.Client.Number());
        using Capability<ITray> back = _received.Client.Pass(_made);
        Expect("number through one that came back", _number, back.Client.Number());
    }

    public override void Dispose()
    {
        _duplicate.Dispose();
        Expect("dissolved object", true, _served.Dissolve(_made) is Tray);
        _received.Dispose();
        _made.Dispose();
    }
}
