using Drover.Contracts.Rpc;

namespace Churn;

/// <summary>An object that is called, and passes capabilities.</summary>
[RpcInterface]
internal interface ITray
{
    ulong Number();

    Capability<ITray> Pass(Capability<ITray> tray);
}

internal sealed class Tray(ulong number) : ITray
{
    public ulong Number() => number;

    public Capability<ITray> Pass(Capability<ITray> tray) => tray.Duplicate();
}
