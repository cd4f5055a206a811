using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Services;
using Drover.Core.Tests.Fakes;
using Drover.Images.State;
using Drover.Monitor.Parent;
using Drover.Platform;
using Drover.Platform.Traps;

namespace Drover.Monitor.Tests.Parent;

/// <summary>A component without a process: its parent session is real, and a thread of the test's serves its root.</summary>
internal sealed class FakeComponent : IDisposable
{
    private readonly FakeDomain _domain;
    private readonly FakeThread _thread;
    private readonly FakeProcess _process = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Gate _rootGate;

    public FakeComponent(World world, CoreServices services, ServiceDirectory directory, string name, ulong ram, ulong capabilities)
    {
        _domain = world.Domain(name, ram, capabilities);
        LaunchState launch = new() { Executable = "/bin/true", Arguments = [], Environment = [], Roms = [], Limits = new(1 << 20, 10) };
        Monitored = new MonitoredComponent(launch, _domain.Domain, new RomRegistry(world.Platform), directory, TimeProvider.System);
        Parent = new ParentSession(Monitored, services, directory);
        _thread = _domain.Thread();
        Root = new FakeRoot(_domain, _thread);
        _rootGate = _domain.Gate(label: 0);
        _domain.Hold(_rootGate);
        Monitored.Begin(_process);
        new Thread(Serve) { IsBackground = true, Name = name }.Start();
    }

    public MonitoredComponent Monitored { get; }

    public ParentSession Parent { get; }

    public FakeRoot Root { get; }

    public QuotaAccount Ram => Monitored.Domain.RamAccount;

    public QuotaAccount Capabilities => Monitored.Domain.CapabilityAccount;

    public bool Announce(string service)
    {
        using Capability<IRoot> root = _rootGate.ToCapability<IRoot>();
        return Parent.Announce(service, root).Succeeded;
    }

    /// <summary>Ends it, and waits until its accounts are settled.</summary>
    public void End()
    {
        Monitored.StopAsync().GetAwaiter().GetResult();
        _ended.Cancel();
    }

    public void Dispose()
    {
        End();
        _ended.Dispose();
    }

    private void Serve()
    {
        IRpcDispatcher dispatcher = RpcBinding<IRoot>.CreateDispatcher(Root);
        UtcbMessage message = new(_thread);
        CallResult reply = default;
        try
        {
            while (true)
            {
                _thread.Private(PrivateCall.ReplyAndWait, 0, reply.Value, ++_thread.Sequence);
                CallResult request = _thread.Port.WhenAnswered(_thread.CallId).WaitAsync(_ended.Token).GetAwaiter().GetResult();
                if (request.Status != CallStatus.Ok)
                    return;
                message.Arrive(new MessageInfo(request.Info));
                CallStatus status = dispatcher.Dispatch(message, out _);
                message.Store();
                reply = new CallResult(status, message.Info.Value);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The component has ended, and its UTCBs with it.
        }
    }

    private sealed class FakeProcess : IComponentProcess
    {
        private readonly TaskCompletionSource<ProcessExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int HostProcessId => 1;

        public long RunsSince => 0;

        public TimeSpan RanSinceRecorded => TimeSpan.Zero;

        public IAddressSpace AddressSpace { get; } = new FakeAddressSpace();

        public ITrapPort Port => throw new NotSupportedException();

        public Task<ProcessExit> Exited => _exited.Task;

        public void Start()
        {
        }

        public void PrepareSnapshot(CancellationToken cancel)
        {
        }

        public IStoppedProcess Stop(TimeSpan patience) => throw new NotSupportedException();

        public IRunningMemory OpenMemory() => throw new NotSupportedException();

        public void Kill() => _exited.TrySetResult(new ProcessExit(0, 9));

        public void Dispose()
        {
        }
    }
}
