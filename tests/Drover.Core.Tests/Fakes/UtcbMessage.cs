using System.Buffers.Binary;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Drover.Core.Tests.Fakes;

/// <summary>A message that goes through the UTCB of a fake thread.</summary>
internal sealed class UtcbMessage(FakeThread thread) : MessageBuffer
{
    private readonly List<uint> _selectors = [];
    private readonly byte[] _data = new byte[UtcbLayout.DataBytes];
    private int _taken;

    public MessageInfo Info => new(DataBytes, _selectors.Count);

    protected override Span<byte> Data => _data;

    public void Store()
    {
        _data.CopyTo(thread.Utcb[UtcbLayout.DataOffset..]);
        for (int i = 0; i < _selectors.Count; i++)
        {
            Span<byte> entry = thread.Utcb[(UtcbLayout.CapabilitiesOffset + (i * UtcbLayout.CapabilityBytes))..];
            BinaryPrimitives.WriteUInt32LittleEndian(entry, _selectors[i]);
        }
    }

    public void Arrive(MessageInfo info)
    {
        Reset();
        thread.Utcb[UtcbLayout.DataOffset..].CopyTo(_data);
        for (int i = 0; i < info.Capabilities; i++)
            _selectors.Add(thread.Arrived(i).Selector);
        BeginRead(info.DataBytes);
    }

    protected override void ResetCapabilities()
    {
        _selectors.Clear();
        _taken = 0;
    }

    protected override void AddCapability(CapabilityOwner capability) =>
        _selectors.Add(((ComponentCapability)capability).Selector);

    protected override CapabilityOwner? TakeCapability() =>
        _taken < _selectors.Count ? new ComponentCapability(thread, _selectors[_taken++]) : null;
}
