using Drover.Contracts;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Microsoft.Win32.SafeHandles;

namespace Drover.Component.Tests.Fakes;

internal sealed class FakeDataspaceService(ulong lengthBytes) : IDataspace
{
    public ulong LengthBytes() => lengthBytes;

    public bool Writable() => true;
}

internal sealed class FakeCpu : ICpuSession
{
    public uint KnownThreads() => 1;

    public uint Processors() => 2;

    public byte[] ThreadSlots() => [1];

    public Attempt<string, ThreadError> ThreadName(uint slot) => slot == 0 ? "main" : ThreadError.NoSuchThread;

    public Attempt<byte[], ThreadError> ThreadAffinity(uint slot) => ThreadError.NoSuchThread;

    public Attempt<Unit, ThreadError> SetThreadAffinity(uint slot, ReadOnlySpan<byte> mask) => ThreadError.NoSuchThread;
}

internal sealed class FakePd(FakeCore core) : IPdSession
{
    private FakeDataspace? _tables;

    public AllocationError? RefuseGates { get; set; }

    public FakeDataspace Tables => _tables ??= core.CreateDataspace((ulong)TableLayout.TotalBytes);

    public List<FakeDataspace> Freed { get; } = [];

    public FakeSignalContext? LastContext { get; private set; }

    public Capability<IDataspace> CapabilitySpaceDataspace() => core.Name<IDataspace>(Tables);

    public Attempt<Capability<IDataspace>, AllocationError> AllocateDataspace(ulong lengthBytes) =>
        lengthBytes > 1 << 30
            ? AllocationError.OutOfMemory
            : core.Name<IDataspace>(core.CreateDataspace((lengthBytes + 4095) / 4096 * 4096));

    public Attempt<Unit, AllocationError> FreeDataspace(Capability<IDataspace> dataspace)
    {
        Freed.Add((FakeDataspace)FakeCapability.Of(dataspace));
        return Unit.Value;
    }

    public Attempt<Capability<IObject>, AllocationError> CreateGate(uint entrypoint, ulong label) =>
        RefuseGates is { } error ? error : core.Name<IObject>(new FakeGate(core.NextBadge(), entrypoint, label));

    public Attempt<Unit, AllocationError> DissolveGate(Capability<IObject> gate)
    {
        core.Dissolve(FakeCapability.Of(gate));
        return Unit.Value;
    }

    public Attempt<Capability<ISignalSource>, AllocationError> CreateSignalSource() =>
        core.Name<ISignalSource>(new FakeSignalSource(core.NextBadge()));

    public Attempt<Capability<ISignalContext>, AllocationError> CreateSignalContext(Capability<ISignalSource> source, ulong imprint)
    {
        LastContext = new(core.NextBadge(), (FakeSignalSource)FakeCapability.Of(source), imprint);
        return core.Name<ISignalContext>(LastContext);
    }

    public Attempt<Unit, AllocationError> FreeSignalContext(Capability<ISignalContext> context)
    {
        core.Dissolve(FakeCapability.Of(context));
        return Unit.Value;
    }

    public QuotaAccount RamQuota() => new(1 << 20, 0);

    public QuotaAccount CapabilityQuota() => new(100, 4);

    public Attempt<Unit, AllocationError> FreeSignalSource(Capability<ISignalSource> source)
    {
        core.Dissolve(FakeCapability.Of(source));
        return Unit.Value;
    }
}

internal sealed class FakeRm(FakeCore core) : IRmSession
{
    private readonly List<(FakeDataspace Dataspace, ulong Address)?> _attachments = [];

    public FakeCore Core { get; } = core;

    public int Attached => _attachments.Count(attachment => attachment is not null);

    public Attempt<uint, AttachError> Attach(
        Capability<IDataspace> dataspace, ulong offsetBytes, ulong lengthBytes, ulong address, AttachRights rights)
    {
        if (FakeCapability.Of(dataspace) is not FakeDataspace attached)
            return AttachError.WrongKind;
        if ((offsetBytes | lengthBytes) % 4096 != 0 || offsetBytes + lengthBytes > attached.LengthBytes)
            return AttachError.InvalidRange;
        _attachments.Add((attached, address));
        return (uint)_attachments.Count - 1;
    }

    public Attempt<Unit, AttachError> Detach(ulong address)
    {
        int index = _attachments.FindIndex(attachment => attachment?.Address == address);
        if (index < 0)
            return AttachError.InvalidRange;
        _attachments[index] = null;
        return Unit.Value;
    }

    public Attempt<Capability<IRegionMap>, AllocationError> CreateRegionMap(ulong lengthBytes) => throw new NotSupportedException();

    public Attempt<Unit, AllocationError> FreeRegionMap(Capability<IRegionMap> map) => throw new NotSupportedException();

    /// <summary>A descriptor that belongs to whoever asked.</summary>
    public CallResult Open(uint attachment)
    {
        using SafeFileHandle file = File.OpenHandle(
            _attachments[(int)attachment]!.Value.Dataspace.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        nint descriptor = file.DangerousGetHandle();
        file.SetHandleAsInvalid();
        return new(CallStatus.Ok, (uint)descriptor);
    }
}

internal sealed class FakeTimer : ITimerSession
{
    public FakeSignalContext? Handler { get; private set; }

    public ulong Period { get; private set; }

    public void SetHandler(Capability<ISignalContext> context) => Handler = (FakeSignalContext)FakeCapability.Of(context);

    public void TriggerOnce(ulong microseconds) => Period = microseconds;

    public void TriggerPeriodic(ulong microseconds) => Period = microseconds;

    public ulong ElapsedMicroseconds() => 1_500_000;
}

internal sealed class FakeParent(FakeCore core) : IParent
{
    private Capability<IRoot>? _root;

    public FakeTimer Timer { get; } = new();

    /// <summary>The one object behind every session of the service "Shared".</summary>
    public FakeObject? Shared { get; private set; }

    public int? ExitStatus { get; private set; }

    public int Closed { get; private set; }

    /// <summary>The root of the service that the component announced.</summary>
    public IRoot Root => _root!.Client;

    public Attempt<Capability<IObject>, SessionError> Session(string service, string arguments, Donation donation) =>
        service switch
        {
            "Shared" => core.Name<IObject>(Shared ??= core.Serve<ITimerSession>(Timer)),
            "Timer" => core.Name<IObject>(core.Serve<ITimerSession>(Timer)),
            _ => SessionError.NoSuchService,
        };

    public Attempt<Unit, SessionError> Upgrade(Capability<IObject> session, Donation donation) => Unit.Value;

    public Attempt<Unit, SessionError> Close(Capability<IObject> session)
    {
        Closed++;
        return Unit.Value;
    }

    public Attempt<Unit, SessionError> Announce(string service, Capability<IRoot> root)
    {
        if (service == "Taken")
            return SessionError.NameTaken;
        _root = root.Duplicate();
        return Unit.Value;
    }

    public void Exit(int status) => ExitStatus = status;

    public Attempt<Unit, SessionError> Withdraw(string service) => Unit.Value;

    public Attempt<Unit, SessionError> Revoke(Capability<IObject> session) => Unit.Value;
}
