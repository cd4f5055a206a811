using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Drover.Component.Kernel;
using Drover.Contracts.Abi;
using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.Ipc;
using Drover.Core.Services;
using Drover.Linux;

namespace Drover.Component.Tests.WithCore;

/// <summary>A component's base library over the real core, without a process between them.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the test.")]
internal sealed unsafe class InProcessDomain : IKernelCalls
{
    private readonly InProcessPort _port = new();
    private readonly ThreadLocal<int> _threadIds;
    private int _lastThreadId;
    private int _calls;

    public InProcessDomain(Core.Kernel kernel, LinuxProcessPlatform platform, InProcessParent parent, string name)
    {
        // Core is not told when a thread of this process ends, so that no number may come twice.
        _threadIds = new(() => Interlocked.Increment(ref _lastThreadId));
        Domain = kernel.CreateDomain(new() { Name = name, RamQuotaBytes = 64 << 20, CapabilityQuota = 1000, Platform = platform });
        Install(WellKnownSelectors.Parent, kernel.CreateService<IParent>(new InProcessParent.For(parent, name), ServiceMode.Deferred, "parent"));
        Install(WellKnownSelectors.Pd, kernel.CreateService<IPdSession>(new PdSession(Domain), ServiceMode.Inline, "PD"));
        Install(WellKnownSelectors.Cpu, kernel.CreateService<ICpuSession>(new CpuSession(Domain), ServiceMode.Inline, "CPU"));
        Install(WellKnownSelectors.Rm, kernel.CreateService<IRmSession>(new RmSession(Domain), ServiceMode.Inline, "RM"));
        UtcbArea = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Domain.UtcbMemory.Span(0, UtcbLayout.AreaBytes)));
        Env = new(this);
    }

    public ProtectionDomain Domain { get; }

    public Env Env { get; }

    public nint UtcbArea { get; }

    /// <summary>Every so many calls, each is issued twice, as if a signal had come before its answer.</summary>
    public int InterruptEvery { get; set; }

    public CallResult Invoke(PrivateCall call, ulong first, ulong second, ulong sequence)
    {
        while (true)
        {
            (ulong id, Task<CallResult> answer) = _port.Issue();
            Domain.Handle(_port, new(id, _threadIds.Value, (int)call, 0, first, second, sequence, 0, 0, 0));
            if (InterruptEvery != 0 && Interlocked.Increment(ref _calls) % InterruptEvery == 0 && call != PrivateCall.MapAttachment)
            {
                // Whether it was answered already or not: the thread saw nothing and issues it again.
                _port.Interrupt(id);
                continue;
            }

            return answer.GetAwaiter().GetResult();
        }
    }

    private void Install(uint selector, ServiceGate gate) =>
        Assert.Equal(Core.Capabilities.InstallOutcome.Installed, Domain.Install(gate, selector));
}
