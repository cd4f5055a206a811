using System.Buffers.Binary;
using Drover.Contracts.Abi;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Tests.Fakes;
using Drover.Fuzz.Tables;
using Drover.Monitor;

namespace Drover.Fuzz.Machine;

/// <summary>A component that offers the service "Sheep" and serves on a thread of this process until its domain ends.</summary>
internal sealed class SheepServer
{
    public const string Service = "Sheep";

    private const uint Entrypoint = 1;
    private const uint FirstSelector = 5000;

    private readonly MonitoredComponent _component;
    private readonly FuzzProcess _process;
    private readonly FakeThread _first;
    private readonly FakeThread _thread;
    private readonly Dictionary<uint, Gate> _sessions = []; // the serving thread only
    private uint _lastSelector = FirstSelector;
    private int _open;

    public SheepServer(FuzzNode node)
    {
        _component = node.Launch("shepherd", ramBytes: 64 << 20, capabilities: 4000);
        _process = node.LastProcess;
        Gate root = _component.Domain.CreateGate(Entrypoint, 0).Value;
        _component.Domain.Install(root, FirstSelector);
        _first = node.Thread(_component, _process);
        FuzzNode.Parent(_first).Announce(Service, ComponentCapability.Of<IRoot>(_first, FirstSelector));
        _thread = node.Thread(_component, _process);
        new Thread(Serve) { IsBackground = true, Name = Service }.Start();
    }

    public MonitoredComponent Component => _component;

    /// <summary>So that it can be checkpointed.</summary>
    public void KeepTables()
    {
        ComponentCapability.Of<IPdSession>(_first, WellKnownSelectors.Pd).Client.CapabilitySpaceDataspace();
        TableWriter.Keep(_component);
        _process.State = _process.State with { Threads = [FuzzProcess.ThreadOf(_first.HostThreadId), FuzzProcess.ThreadOf(_thread.HostThreadId)], NextThreadId = 5000 };
    }

    /// <summary>Quotas, which must be as before when all sessions are closed.</summary>
    public (QuotaAccount Ram, QuotaAccount Capabilities) Accounts => (_component.Domain.RamAccount, _component.Domain.CapabilityAccount);

    /// <summary>Waits until all sessions are closed; false if that does not happen.</summary>
    public bool IsIdle() => SpinWait.SpinUntil(() => Volatile.Read(ref _open) == 0, TimeSpan.FromSeconds(10));

    private void Serve()
    {
        _thread.Wait(Entrypoint);
        while (true)
        {
            CallResult request = _thread.Port.WhenAnswered(_thread.CallId).GetAwaiter().GetResult();
            if (request.Status != CallStatus.Ok)
                return;
            MessageInfo info = new(request.Info);
            uint[] arrived = [.. Enumerable.Range(0, info.Capabilities).Select(i => _thread.Arrived(i).Selector)];
            // Only the monitor has the root; whatever a client sends to its session is answered by nothing.
            int method = _thread.Label == 0 ? BinaryPrimitives.ReadUInt16LittleEndian(_thread.Utcb[UtcbLayout.DataOffset..]) : -1;
            if (method == 2)
                Close(arrived[0]);
            foreach (uint selector in arrived)
                Release(selector);
            if (method == 0)
                Open();
            else
                Reply(0, 0);
        }
    }

    private void Open()
    {
        Gate session = _component.Domain.CreateGate(Entrypoint, ++_lastSelector).Value;
        _component.Domain.Install(session, _lastSelector);
        _sessions.Add(_lastSelector, session);
        Interlocked.Increment(ref _open);
        // Attempt: succeeded; capability: there.
        BinaryPrimitives.WriteUInt16LittleEndian(_thread.Utcb[UtcbLayout.DataOffset..], 0x0100);
        BinaryPrimitives.WriteUInt32LittleEndian(_thread.Utcb[UtcbLayout.CapabilitiesOffset..], _lastSelector);
        Reply(2, 1);
    }

    private void Close(uint selector)
    {
        if (!_sessions.Remove(selector, out Gate? session))
            return;
        _component.Domain.DestroyObject(session);
        Release(selector); // the one from the beginning
        Interlocked.Decrement(ref _open);
    }

    private void Release(uint selector) => _thread.Private(PrivateCall.Release, selector, 1, ++_thread.Sequence);

    private void Reply(int bytes, int capabilities) => _thread.Private(
        PrivateCall.ReplyAndWait, Entrypoint, new CallResult(CallStatus.Ok, new MessageInfo(bytes, capabilities).Value).Value, ++_thread.Sequence);
}
