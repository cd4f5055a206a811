using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.State;
using Drover.Core.Tests.Fakes;
using Drover.Fuzz.Machine;
using Drover.Fuzz.Running;
using Drover.Monitor;

namespace Drover.Fuzz.Utcb;

/// <summary>A component whose threads do whatever comes to mind.</summary>
internal sealed class HostileDomain
{
    private static readonly ulong[] s_words =
    [
        0, 1, 2, 3, 4, 5, 15, 16, 17, 18, 19, 20, 24, 30, 63, 64, 100, 101, 8, 16 | (1 << 16), 32 | (2 << 16), 16 << 16, 17 << 16, 255 << 16,
        1 << 20, uint.MaxValue, ulong.MaxValue, UtcbLayout.DataBytes, UtcbLayout.DataBytes + 1, 1ul << 32, 1ul << 40, 6ul << 32, 14ul << 32,
    ];

    private readonly Chance _chance;
    private readonly List<FakeThread> _threads = [];

    public HostileDomain(FuzzNode node, string name, Chance chance)
    {
        _chance = chance;
        Component = node.Launch(name, ramBytes: 16 * 4096, capabilities: 60);
        Process = node.LastProcess;
        for (int i = chance.Between(1, 4); i > 0; i--)
            _threads.Add(node.Thread(Component, Process));
    }

    public MonitoredComponent Component { get; }

    public FuzzProcess Process { get; }

    public ProtectionDomain Domain => Component.Domain;

    /// <summary>One thread does one thing.</summary>
    public void Act()
    {
        FakeThread thread = _chance.Pick(_threads);
        switch (_chance.Below(14))
        {
            case 0:
                thread.Reissue();
                break;
            case 1:
                Process.FakePort.Interrupt(thread.CallId);
                break;
            case 2 or 3:
                Scribble(thread);
                break;
            case 4:
                Domain.ThreadExits(Process.FakePort, thread.HostThreadId);
                thread.Private(PrivateCall.Startup, _chance.OneIn(5) ? Word() : AbiVersion.Current, 0, 0);
                break;
            case 5 or 6 or 7 or 8:
                CallSession(thread);
                break;
            default:
                PrivateCall number = _chance.OneIn(20) ? (PrivateCall)(int)Word() : PrivateCall.Startup + _chance.Below(6);
                thread.Private(number, Word(), Word(), _chance.OneIn(10) ? thread.Sequence : ++thread.Sequence);
                break;
        }
    }

    /// <summary>Accounts and lists say the same.</summary>
    public void CheckAccounts(DomainState state)
    {
        int objects = state.Gates.Count + state.Dataspaces.Count + state.SignalSources.Count + state.SignalContexts.Count + state.RegionMaps.Count;
        ulong bytes = state.Dataspaces.Aggregate(0ul, (sum, each) => sum + each.LengthBytes);
        FindingException.Unless(
            state.Capabilities.Used == (ulong)(objects + state.CapabilitySpace.Count + state.Attachments.Count),
            "capabilities in use are not what slots, objects and attachments cost");
        FindingException.Unless(state.Capabilities.Used <= state.Capabilities.Limit, "more capabilities are in use than the quota allows");
        FindingException.Unless(state.Capabilities.Limit == 60 && state.Ram.Limit == 16 * 4096, "a quota changed");
        FindingException.Unless(state.Ram.Used >= bytes, "dataspaces are not paid for");
        FindingException.Unless(bytes <= state.Ram.Limit, "there are more dataspaces than the quota allows");
        FindingException.Unless(
            state.CapabilitySpace.Select(slot => slot.Badge).Distinct().Count() == state.CapabilitySpace.Count, "one object is in two slots");
        FindingException.Unless(Process.FakePort.AnsweredTwice == 0, "a call was answered twice");
    }

    private void Scribble(FakeThread thread)
    {
        Span<byte> utcb = thread.Utcb;
        if (_chance.OneIn(4))
            _chance.Bytes(UtcbLayout.SlotBytes).CopyTo(utcb);
        for (int i = 0; i < UtcbLayout.MaxCapabilities; i++)
            BitConverter.TryWriteBytes(utcb[(UtcbLayout.CapabilitiesOffset + (i * UtcbLayout.CapabilityBytes))..], (uint)Word());
        BitConverter.TryWriteBytes(utcb[UtcbLayout.DataOffset..], (ushort)_chance.Below(16));
        BitConverter.TryWriteBytes(utcb[(UtcbLayout.DataOffset + sizeof(ushort) + (_chance.Below(8) * sizeof(uint)))..], Word());
    }

    /// <summary>Requests that are well formed, with whatever capabilities.</summary>
    private void CallSession(FakeThread thread)
    {
        IPdSession pd = ComponentCapability.Of<IPdSession>(thread, WellKnownSelectors.Pd).Client;
        IRmSession rm = ComponentCapability.Of<IRmSession>(thread, WellKnownSelectors.Rm).Client;
        uint selector = (uint)_chance.Below(40);
        ulong number = (ulong)_chance.Below(5);
        ulong address = (number << 12) + 0x20000;
        try
        {
            _ = _chance.Below(11) switch
            {
                0 or 1 => pd.CreateGate((uint)number, selector).Succeeded,
                2 => pd.AllocateDataspace(number * 4096).Succeeded,
                3 => pd.DissolveGate(ComponentCapability.Of<IObject>(thread, selector)).Succeeded,
                4 => pd.FreeDataspace(ComponentCapability.Of<IDataspace>(thread, selector)).Succeeded,
                5 => pd.CreateSignalSource().Succeeded,
                6 => pd.CreateSignalContext(ComponentCapability.Of<ISignalSource>(thread, selector), number).Succeeded,
                7 => pd.FreeSignalContext(ComponentCapability.Of<ISignalContext>(thread, selector)).Succeeded,
                8 => rm.Attach(ComponentCapability.Of<IDataspace>(thread, selector), 0, 4096, address, AttachRights.Read).Succeeded,
                9 => rm.Detach(address).Succeeded,
                _ => pd.CapabilitySpaceDataspace() is not null,
            };
        }
        catch (RpcException)
        {
            // Refused, or nothing is held there.
        }
    }

    private ulong Word() => _chance.OneIn(6) ? _chance.Interesting() : _chance.Pick(s_words);
}
