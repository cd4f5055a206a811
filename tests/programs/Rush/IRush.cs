using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Rush;

/// <summary>A server that keeps a ledger of the calls it gets. Each call carries who made it and which of theirs it is.</summary>
[RpcInterface]
internal interface IRush
{
    /// <summary>Gives back what it was told.</summary>
    Receipt Call(CallName name);

    /// <summary>Notifies the context once and gives the token back.</summary>
    Capability<IToken> Pass(CallName name, Capability<IToken> token, Capability<ISignalContext> notified);

    /// <summary>Makes an object that knows the call, in place of the one that it made for the caller before.</summary>
    Capability<IToken> Make(CallName name);

    /// <summary>What the ledger says of one caller.</summary>
    LedgerRow Row(ulong client, uint thread);

    /// <summary>From so many calls on, receipts say that it is enough.</summary>
    void Finish(ulong calls);
}

[RpcInterface]
internal interface IToken
{
    CallName Name();
}

/// <param name="Client">Of one process, chosen at random.</param>
/// <param name="Thread">Of that process.</param>
/// <param name="Number">Counted by the thread from 1.</param>
internal readonly record struct CallName(ulong Client, ulong Thread, ulong Number);

internal readonly record struct Receipt(CallName Name, ulong IsEnough);

/// <param name="First">Number of the first call that the server saw.</param>
/// <param name="Lost">Numbers between the first and the last that it did not see.</param>
/// <param name="Doubled">Calls that were not greater than the one before.</param>
internal readonly record struct LedgerRow(ulong Executed, ulong First, ulong Last, ulong Lost, ulong Doubled);

internal sealed class Token(CallName name) : IToken
{
    public CallName Name() => name;
}
