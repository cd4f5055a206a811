using System.Text;
using Drover.Contracts.Abi;
using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.Ipc;
using Drover.Core.Services;
using Drover.Linux;
using Drover.Linux.Personality;
using Drover.Platform;
using Drover.Platform.State;
using Drover.Platform.Traps;

namespace Drover.Component.Tests.WithCore;

/// <summary>A component in a process of its own, over the real core, with the parent of these tests.</summary>
internal sealed class ProcessComponent : IConsoleSink, IDisposable
{
    private static readonly ProcessLimits s_limits = new(512 << 20, 100);

    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new(); // guarded by _lock
    private readonly LinuxPersonality _personality;
    private readonly IComponentProcess _process;

    public ProcessComponent(Core.Kernel kernel, LinuxProcessPlatform platform, InProcessParent parent, string program, params string[] arguments)
    {
        Domain = kernel.CreateDomain(new() { Name = program, RamQuotaBytes = 512 << 20, CapabilityQuota = 1000, Platform = platform });
        Install(WellKnownSelectors.Parent, kernel.CreateService<IParent>(new InProcessParent.For(parent, program), ServiceMode.Deferred, "parent"));
        Install(WellKnownSelectors.Pd, kernel.CreateService<IPdSession>(new PdSession(Domain), ServiceMode.Inline, "PD"));
        Install(WellKnownSelectors.Cpu, kernel.CreateService<ICpuSession>(new CpuSession(Domain), ServiceMode.Inline, "CPU"));
        Install(WellKnownSelectors.Rm, kernel.CreateService<IRmSession>(new RmSession(Domain), ServiceMode.Inline, "RM"));
        string dotnet = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));
        string assembly = Path.Combine(AppContext.BaseDirectory, program + ".dll");
        _personality = new(Domain, new RuntimeFileView(s_limits, [AppContext.BaseDirectory, dotnet]), this, s_limits);
        _process = platform.Launch(
            new()
            {
                Executable = Path.Combine(dotnet, "dotnet"),
                Arguments = ["dotnet", assembly, .. arguments],
                Environment = RuntimeEnvironment.Build(s_limits, dotnet, []),
                Mappings = [new(Domain.UtcbMemory, UtcbLayout.AreaAddress, PageProtection.Read | PageProtection.Write)],
                PrivateCalls = [.. Enum.GetValues<PrivateCall>().Select(call => (int)call)],
                Limits = s_limits,
            },
            _personality);
        _process.Start();
    }

    public ProtectionDomain Domain { get; }

    /// <summary>What it wrote so far.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
                return _text.ToString();
        }
    }

    public void Write(ConsoleStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
            _text.Append(Encoding.UTF8.GetString(bytes));
    }

    public ProcessExit WaitForExit() => _process.Exited.WaitAsync(TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();

    public void WaitForText(string expected) => Assert.True(
        SpinWait.SpinUntil(() => Text.Contains(expected, StringComparison.Ordinal) || _process.Exited.IsCompleted, TimeSpan.FromSeconds(60))
            && Text.Contains(expected, StringComparison.Ordinal),
        $"\"{expected}\" did not come; the component wrote:\n{Text}");

    public bool HasEnded => _process.Exited.IsCompleted;

    /// <summary>Stops all its threads, wherever they are, and lets them go on. False if it has ended.</summary>
    public bool Interrupt()
    {
        try
        {
            using IStoppedProcess stopped = _process.Stop(TimeSpan.FromSeconds(20));
            return true;
        }
        catch (Exception) when (_process.Exited.Wait(TimeSpan.FromSeconds(5)))
        {
            return false;
        }
    }

    public void Dispose()
    {
        _process.Dispose();
        Domain.Destroy();
        _personality.Dispose();
    }

    private void Install(uint selector, ServiceGate gate) =>
        Assert.Equal(Core.Capabilities.InstallOutcome.Installed, Domain.Install(gate, selector));
}
