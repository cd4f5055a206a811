using Drover.Core;
using Drover.Core.Ipc;
using Drover.Core.State;
using Drover.Fuzz.Machine;
using Drover.Fuzz.Running;

namespace Drover.Fuzz.Utcb;

/// <summary>
/// A small world of hostile components: private calls with any registers, UTCBs written at any moment, interrupted and issued again,
/// among stops, descriptions, rebuilds on another node, and deaths. After each step accounts agree, no capability has
/// appeared that nobody could have passed, no call has two answers, and nothing has failed inside the node.
/// </summary>
internal sealed class UtcbTarget : IFuzzTarget
{
    private const uint FirstShared = 100;

    public string Name => "utcb";

    public string Detail { get; private set; } = "";

    public string RunCase(Chance chance)
    {
        FuzzNode node = new("hostile", 0x3333);
        List<HostileDomain> domains = [.. Enumerable.Range(0, chance.Between(2, 3)).Select(i => new HostileDomain(node, $"hostile-{i}", chance))];
        Acquaint(domains);
        int steps = chance.Between(20, 120);
        Dictionary<string, HashSet<ulong>> held = Held(domains);
        for (int step = 0; step < steps && domains.Count > 0; step++)
        {
            HostileDomain actor = chance.Pick(domains);
            Detail = $"step {step} of {actor.Component.Name}";
            ulong newest = held.Values.SelectMany(badges => badges).DefaultIfEmpty().Max();
            Step(actor, domains, chance);
            held = Check(domains, held, newest);
            node.CheckFaults();
        }

        domains.ForEach(domain => domain.Component.StopAsync().GetAwaiter().GetResult());
        node.CheckFaults();
        FindingException.Unless(node.Holdings() == default, "something was left behind in core");
        return "accepted";
    }

    public void Dispose()
    {
    }

    private static void Step(HostileDomain actor, List<HostileDomain> domains, Chance chance)
    {
        switch (chance.Below(60))
        {
            case 0 when domains.Count > 1:
                domains.Remove(actor);
                actor.Component.StopAsync().GetAwaiter().GetResult();
                break;
            case 1 or 2:
                WhileStopped(actor, domains, chance);
                break;
            default:
                actor.Act();
                break;
        }
    }

    /// <summary>Each can call the others to begin with.</summary>
    private static void Acquaint(List<HostileDomain> domains)
    {
        foreach (HostileDomain owner in domains)
        {
            Gate gate = owner.Domain.CreateGate(1, 5).Value;
            for (int i = 0; i < domains.Count; i++)
                domains[i].Domain.Install(gate, FirstShared + (uint)domains.IndexOf(owner));
        }
    }

    /// <summary>As a checkpoint does it; the others go on meanwhile, and another node builds the domain again.</summary>
    private static void WhileStopped(HostileDomain stopped, List<HostileDomain> domains, Chance chance)
    {
        stopped.Domain.FinishServing(TimeSpan.FromSeconds(20));
        foreach (HostileDomain other in domains.Where(other => other != stopped && chance.OneIn(2)))
            other.Act();
        DomainState state = stopped.Domain.Kernel.Capture([stopped.Domain])[0];
        Rebuild(state);
        stopped.Domain.GoOn();
    }

    private static void Rebuild(DomainState state)
    {
        FuzzNode other = new("other", 0x4444);
        using (DomainRestoration restoration = other.Kernel.BeginRestore(state, new DomainOptions
        {
            Name = "rebuilt",
            RamQuotaBytes = state.Ram.Limit,
            CapabilityQuota = state.Capabilities.Limit,
            Platform = other.Machine.Platform,
        }))
        {
            foreach (ulong missing in restoration.MissingBadges)
                restoration.ProvideVoid(missing);
            DomainRestoration.Complete([restoration]);
            DomainState rebuilt = restoration.Domain.Describe();
            FindingException.Unless(rebuilt.Capabilities == state.Capabilities, "the rebuilt domain has another account");
            FindingException.Unless(
                rebuilt.CapabilitySpace.Select(slot => (slot.Selector, slot.Deliveries, slot.Kind))
                    .SequenceEqual(state.CapabilitySpace.Select(slot => (slot.Selector, slot.Deliveries, slot.Kind))),
                "the rebuilt domain has another capability space");
        }

        other.CheckFaults();
        FindingException.Unless(other.Holdings() == default, "a domain that was not committed was left behind");
    }

    private static Dictionary<string, HashSet<ulong>> Held(List<HostileDomain> domains) => domains.ToDictionary(
        domain => domain.Component.Name, domain => domain.Domain.Describe().CapabilitySpace.Select(slot => slot.Badge).ToHashSet());

    /// <summary>What is held now was held by somebody before, or is newer than everything that was.</summary>
    private static Dictionary<string, HashSet<ulong>> Check(List<HostileDomain> domains, Dictionary<string, HashSet<ulong>> before, ulong newest)
    {
        HashSet<ulong> known = [.. before.Values.SelectMany(badges => badges)];
        HashSet<ulong> tables = [.. domains.Select(domain => domain.Domain.Table.Badge.Value)];
        Dictionary<string, HashSet<ulong>> now = [];
        foreach (HostileDomain domain in domains)
        {
            DomainState state = domain.Domain.Describe();
            domain.CheckAccounts(state);
            HashSet<ulong> owned = [.. state.Gates.Select(gate => gate.Badge), .. state.SignalSources.Select(source => source.Badge)];
            foreach (CapabilityState slot in state.CapabilitySpace)
            {
                FindingException.Unless(
                    known.Contains(slot.Badge) || owned.Contains(slot.Badge) || slot.Badge > newest || tables.Contains(slot.Badge),
                    "a capability appeared that nobody held");
                FindingException.Unless(
                    slot.Badge == state.TableBadge || !tables.Contains(slot.Badge), "a domain holds the tables of another one");
            }

            now.Add(domain.Component.Name, [.. state.CapabilitySpace.Select(slot => slot.Badge)]);
        }

        return now;
    }
}
