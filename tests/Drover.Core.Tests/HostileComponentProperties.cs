using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;
using Drover.Core.Ipc;
using Drover.Core.Memory;
using Drover.Core.Services;
using Drover.Core.State;
using Drover.Core.Tests.Fakes;
using FsCheck;
using FsCheck.Fluent;

namespace Drover.Core.Tests;

/// <summary>Components that call whatever comes to mind: core neither throws nor loses count, and what it describes can
/// be rebuilt.</summary>
public sealed class HostileComponentProperties
{
    private static readonly ulong[] Interesting =
    [
        0, 1, 2, 3, 4, 5, 16, 17, 18, 63, 64, 2000, 2001, 2002, 2003, 2004, 2005, 8, 16 | (1 << 16), 16 | (2 << 16),
        1 << 20, uint.MaxValue, ulong.MaxValue, UtcbLayout.DataBytes, UtcbLayout.DataBytes + 1, 1ul << 32, 1ul << 40,
    ];

    [Fact]
    public void Arbitrary_calls_leave_accounts_and_capability_spaces_consistent() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(500),
            Prop.ForAll(ArbMap.Default.ArbFor<(byte Actor, byte Call, byte First, byte Second)[]>(), StaysConsistent));

    private static bool StaysConsistent((byte Actor, byte Call, byte First, byte Second)[] steps)
    {
        var world = new World();
        FakeDomain[] domains = [Hostile(world, "a"), Hostile(world, "b")];
        foreach (FakeDomain domain in domains)
        {
            foreach (FakeDomain peer in domains)
                domain.Hold(peer.Gate(label: 5, entrypoint: 1));
            domain.Hold(domain.Domain.CreateSignalSource().Value);
        }

        List<(FakeDomain Domain, FakeThread Thread)> threads =
            [.. domains.SelectMany(domain => Enumerable.Range(0, 3).Select(_ => (domain, domain.Thread())))];
        foreach ((byte actor, byte call, byte first, byte second) in steps)
        {
            (FakeDomain domain, FakeThread thread) = threads[actor % threads.Count];
            Act(domain, thread, call, first, second);
        }

        return world.Faults.Count == 0 && domains.All(IsConsistent) && domains.All(CanBeRebuilt);
    }

    private static FakeDomain Hostile(World world, string name)
    {
        FakeDomain domain = world.Domain(name, ram: 16 * 4096, capabilities: 30);
        domain.Furnish();
        domain.Domain.Install(world.Kernel.CreateService<IPdSession>(new PdSession(domain.Domain), ServiceMode.Inline, "PD"), WellKnownSelectors.Pd);
        domain.Domain.Install(world.Kernel.CreateService<IRmSession>(new RmSession(domain.Domain), ServiceMode.Inline, "RM"), WellKnownSelectors.Rm);
        return domain;
    }

    private static void Act(FakeDomain domain, FakeThread thread, byte call, byte low, byte high)
    {
        ulong first = Interesting[low % Interesting.Length];
        ulong second = Interesting[high % Interesting.Length];
        switch (call % 13)
        {
            case 0:
                thread.Reissue();
                return;
            case 1:
                thread.Utcb[UtcbLayout.CapabilitiesOffset..].Fill(high);
                BitConverter.TryWriteBytes(thread.Utcb[UtcbLayout.CapabilitiesOffset..], (uint)first);
                return;
            case 2:
                thread.Word = first;
                return;
            case 3:
                domain.Domain.FinishServing(TimeSpan.FromSeconds(30));
                domain.Domain.Describe();
                domain.Domain.GoOn();
                return;
            case 4:
                domain.Domain.ThreadExits(domain.Port, thread.HostThreadId);
                thread.Private(PrivateCall.Startup, AbiVersion.Current, 0, 0);
                return;
            case 5 or 6 or 7:
                // The selectors that core picks first, a few numbers, and each method.
                CallSessions(domain, thread, 15u + (low % 8u), (ulong)(low / 8 % 4), high);
                return;
            case 8:
                domain.Domain.Fault((first << 12) + 0x30000, isWrite: high % 2 == 0);
                return;
            default:
                thread.Private(PrivateCall.Startup + (call % 8), first, second, ++thread.Sequence);
                return;
        }
    }

    /// <summary>Well-formed requests, with selectors of whatever is there.</summary>
    private static void CallSessions(FakeDomain domain, FakeThread thread, uint selector, ulong number, byte choice)
    {
        IPdSession pd = ComponentCapability.Of<IPdSession>(thread, WellKnownSelectors.Pd).Client;
        IRmSession rm = ComponentCapability.Of<IRmSession>(thread, WellKnownSelectors.Rm).Client;
        IRegionMap map = ComponentCapability.Of<IRegionMap>(thread, selector).Client;
        // A gate whose requests nobody takes would keep the thread for ever.
        if (choice % 16 is > 9 and < 15 && domain.Domain.Held(selector) is not RegionMapObject)
            return;
        try
        {
            _ = (choice % 16) switch
            {
                0 => pd.CreateGate((uint)number, selector).Succeeded,
                1 => pd.AllocateDataspace(number * 4096).Succeeded,
                2 => pd.DissolveGate(ComponentCapability.Of<IObject>(thread, selector)).Succeeded,
                3 => pd.FreeDataspace(ComponentCapability.Of<IDataspace>(thread, selector)).Succeeded,
                4 => pd.CreateSignalContext(ComponentCapability.Of<ISignalSource>(thread, selector), number).Succeeded,
                5 => pd.FreeSignalContext(ComponentCapability.Of<ISignalContext>(thread, selector)).Succeeded,
                6 => rm.Attach(ComponentCapability.Of<IDataspace>(thread, selector), 0, 4096, (number << 12) + 0x30000, AttachRights.Read).Succeeded,
                7 => rm.Detach((number << 12) + 0x30000).Succeeded,
                8 => rm.CreateRegionMap(number * 4096).Succeeded,
                9 => rm.FreeRegionMap(ComponentCapability.Of<IRegionMap>(thread, selector)).Succeeded,
                10 or 11 => map.Attach(ComponentCapability.Of<IDataspace>(thread, 15u + (uint)(choice / 16 % 8)), 0, 4096, number << 12, AttachRights.Read).Succeeded,
                12 => map.Detach(number << 12).Succeeded,
                13 => map.Dataspace() is not null,
                14 => map.SetFaultHandler(number == 0 ? null : ComponentCapability.Of<ISignalContext>(thread, 15u + (uint)(choice / 16 % 8))).Succeeded
                    && map.PendingFault((uint)number).Succeeded,
                _ => pd.CapabilitySpaceDataspace() is not null,
            };
        }
        catch (RpcException)
        {
            // Refused, or nothing is held there.
        }
    }

    private static bool IsConsistent(FakeDomain domain)
    {
        DomainState state = domain.Domain.Describe();
        int objects = state.Gates.Count + state.Dataspaces.Count + state.SignalSources.Count + state.SignalContexts.Count + state.RegionMaps.Count;
        ulong dataspaceBytes = state.Dataspaces.Aggregate(0ul, (sum, each) => sum + each.LengthBytes);
        return state.Capabilities.Used == (ulong)(objects + state.CapabilitySpace.Count + state.Attachments.Count)
            && state.Capabilities.Used <= state.Capabilities.Limit
            && state.Ram.Used == dataspaceBytes
            && state.CapabilitySpace.Select(slot => slot.Badge).Distinct().Count() == state.CapabilitySpace.Count;
    }

    private static bool CanBeRebuilt(FakeDomain domain)
    {
        domain.Domain.FinishServing(TimeSpan.FromSeconds(30));
        DomainState state = domain.Domain.Describe();
        var target = new World();
        using DomainRestoration restoration = target.Kernel.BeginRestore(state, new DomainOptions
        {
            Name = "rebuilt",
            RamQuotaBytes = state.Ram.Limit,
            CapabilityQuota = state.Capabilities.Limit,
            Platform = target.Platform,
        });
        foreach (ulong missing in restoration.MissingBadges)
            restoration.ProvideVoid(missing);
        restoration.Complete();
        DomainState rebuilt = restoration.Commit().Describe();
        domain.Domain.GoOn();
        return rebuilt.Capabilities == state.Capabilities
            && rebuilt.Threads.Select(each => each.Slot).SequenceEqual(state.Threads.Select(each => each.Slot))
            && rebuilt.CapabilitySpace.Select(slot => (slot.Selector, slot.Deliveries, slot.Kind))
                .SequenceEqual(state.CapabilitySpace.Select(slot => (slot.Selector, slot.Deliveries, slot.Kind)))
            && rebuilt.Attachments.Select(each => (each.Id, each.Address, each.RegionMapBadge == 0)).Order()
                .SequenceEqual(state.Attachments.Select(each => (each.Id, each.Address, each.RegionMapBadge == 0)).Order());
    }
}
