using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.Ipc;
using Drover.Core.Services;
using Drover.Images.State;
using Drover.Monitor.Interception;
using Drover.Monitor.Logging;
using Drover.Monitor.Parent;

namespace Drover.Monitor;

/// <summary>The sessions that are there before the first instruction.</summary>
internal sealed record WellKnownServices(ServiceGate Parent, ServiceGate Pd, ServiceGate Cpu, ServiceGate Rm);

/// <summary>Makes what launch and restore have in common.</summary>
internal sealed class ComponentFactory(
    Kernel kernel, IComponentMachine machine, CoreServices services, ServiceDirectory directory, TimeProvider time)
{
    /// <summary>A component without a process. On failure the domain is still the caller's.</summary>
    /// <param name="log">That of the component in whose place it comes; null for a new one.</param>
    public MonitoredComponent Create(LaunchState launch, ProtectionDomain domain, bool isRestored, ComponentLog? log = null)
    {
        RomRegistry roms = new(machine.Platform);
        try
        {
            foreach (RomState rom in launch.Roms)
                roms.AddFile(rom.Name, rom.File.Path);
            return new MonitoredComponent(launch, domain, roms, directory, time, log) { IsRestored = isRestored };
        }
        catch
        {
            roms.Dispose();
            throw;
        }
    }

    public WellKnownServices CreateWellKnown(MonitoredComponent component)
    {
        ProtectionDomain domain = component.Domain;
        SessionCreation Creation(string service) => new(service, component.Name, "", default);
        return new WellKnownServices(
            kernel.CreateService<IParent>(new ParentSession(component, services, directory), ServiceMode.Deferred, "parent"),
            kernel.CreateService<IPdSession>(new InterceptedPdSession(Creation("PD"), new PdSession(domain)), ServiceMode.Inline, "PD"),
            kernel.CreateService<ICpuSession>(new InterceptedCpuSession(Creation("CPU"), new CpuSession(domain)), ServiceMode.Inline, "CPU"),
            kernel.CreateService<IRmSession>(new InterceptedRmSession(Creation("RM"), new RmSession(domain)), ServiceMode.Inline, "RM"));
    }
}
