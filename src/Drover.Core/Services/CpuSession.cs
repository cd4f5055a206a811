using Drover.Contracts.Sessions;

namespace Drover.Core.Services;

/// <summary>The component's threads. Never blocks; to be served inline.</summary>
public sealed class CpuSession(ProtectionDomain domain) : ICpuSession
{
    public uint KnownThreads() => (uint)domain.KnownThreads;

    public uint Processors() => (uint)domain.Kernel.Processors;
}
