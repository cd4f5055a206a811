using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Bench.Inner;

/// <summary>A message that client and dispatcher share, without capabilities.</summary>
internal sealed class LocalMessage : MessageBuffer
{
    private readonly byte[] _data = new byte[UtcbLayout.DataBytes];

    protected override Span<byte> Data => _data;

    /// <summary>What was written can be read.</summary>
    public void Arrive() => BeginRead(DataBytes);

    protected override void ResetCapabilities()
    {
        // There are none.
    }

    protected override void AddCapability(CapabilityOwner capability) => throw new NotSupportedException();

    protected override CapabilityOwner? TakeCapability() => null;
}
