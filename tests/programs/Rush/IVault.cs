using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Rush;

/// <summary>Keeps capabilities of others, and has some of its own to give.</summary>
[RpcInterface]
internal interface IVault
{
    void Deposit(uint place, Capability<IObject> kept);

    Capability<IObject> Withdraw(uint place);

    /// <summary>0 an RPC object, 1 a dataspace that begins with the byte 7, 2 a signal context.</summary>
    Capability<IObject> Own(uint kind);

    /// <summary>Selectors in use while nothing is being delivered.</summary>
    ulong Selectors();

    /// <summary>Likewise, while a capability of somebody's choice is.</summary>
    ulong SelectorsWith(Capability<IObject> delivered);

    /// <summary>Notifications that its own signal context got so far, once there are so many.</summary>
    ulong AwaitSignals(ulong least);

    /// <summary>A byte of its own dataspace.</summary>
    ulong Read(uint offset);
}

[RpcInterface]
internal interface ILender
{
    /// <summary>Takes back what the vault keeps and tries it; a line for each.</summary>
    /// <param name="again">First gives the vault, which may be another one, everything anew.</param>
    string Check(bool again);
}
