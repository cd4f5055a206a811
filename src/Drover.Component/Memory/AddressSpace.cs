using Drover.Component.Kernel;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Memory;

/// <summary>What attaching needs.</summary>
internal sealed record AddressSpace(Domain Domain, Capability<IRmSession> Session);
