using Drover.Contracts.Abi;
using Drover.Core.Capabilities;
using Drover.Core.Quotas;
using Drover.Core.Tests.Fakes;
using FsCheck;
using FsCheck.Fluent;

namespace Drover.Core.Tests;

public sealed class CapabilitySpaceProperties
{
    private const int Objects = 90;

    [Fact]
    public void Deliveries_and_releases_in_any_order_keep_slots_counts_and_quota_together() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(600),
            Prop.ForAll(ArbMap.Default.ArbFor<(byte Object, byte Count, byte Kind)[]>(), Holds));

    private static bool Holds((byte Object, byte Count, byte Kind)[] steps)
    {
        var world = new World();
        FakeDomain owner = world.Domain("owner");
        KernelObject[] objects = [.. Enumerable.Range(0, Objects).Select(i => (KernelObject)owner.Gate((ulong)i))];
        var quota = new QuotaLedger(60);
        var space = new CapabilitySpace(quota);
        var model = new Dictionary<KernelObject, (uint Selector, ulong Deliveries)>();
        foreach ((byte number, byte count, byte kind) in steps)
        {
            KernelObject subject = objects[number % Objects];
            bool right = (kind % 3) switch
            {
                0 => Release(space, model, subject, count),
                1 when count % 8 == 0 => Install(space, model, subject, 2000u + number),
                _ => Deliver(space, model, subject),
            };
            if (!right || quota.Used != (ulong)model.Count || space.Count != model.Count)
                return false;
        }

        return space.Entries().ToDictionary(entry => entry.Object, entry => (entry.Selector, (ulong)entry.Deliveries)) is var entries
            && entries.Count == model.Count
            && entries.All(entry => model[entry.Key] == entry.Value && ReferenceEquals(space.Find(entry.Value.Selector), entry.Key));
    }

    private static bool Deliver(CapabilitySpace space, Dictionary<KernelObject, (uint Selector, ulong Deliveries)> model, KernelObject subject)
    {
        CallStatus status = space.Deliver(subject, out uint selector);
        if (model.TryGetValue(subject, out (uint Selector, ulong Deliveries) held))
        {
            model[subject] = held with { Deliveries = held.Deliveries + 1 };
            return status == CallStatus.Ok && selector == held.Selector;
        }

        if (model.Count == 60)
            return status == CallStatus.OutOfCapabilities;
        bool isFresh = model.Values.All(other => other.Selector != selector);
        model[subject] = (selector, 1);
        return status == CallStatus.Ok && isFresh && selector >= CapabilitySpace.FirstDynamicSelector;
    }

    private static bool Release(CapabilitySpace space, Dictionary<KernelObject, (uint Selector, ulong Deliveries)> model, KernelObject subject, byte count)
    {
        if (!model.TryGetValue(subject, out (uint Selector, ulong Deliveries) held))
            return !space.TryFindSelector(subject, out _);
        CallStatus status = space.Release(held.Selector, count);
        if (count == 0 || count > held.Deliveries)
            return status == CallStatus.InvalidArgument;
        if (count == held.Deliveries)
            model.Remove(subject);
        else
            model[subject] = held with { Deliveries = held.Deliveries - count };
        return status == CallStatus.Ok;
    }

    private static bool Install(CapabilitySpace space, Dictionary<KernelObject, (uint Selector, ulong Deliveries)> model, KernelObject subject, uint selector)
    {
        InstallOutcome outcome = space.Install(subject, selector, 3);
        if (model.Values.Any(other => other.Selector == selector))
            return outcome == InstallOutcome.Occupied;
        if (model.ContainsKey(subject))
            return outcome == InstallOutcome.HeldElsewhere;
        if (model.Count == 60)
            return outcome == InstallOutcome.OutOfCapabilities;
        model[subject] = (selector, 3);
        return outcome == InstallOutcome.Installed;
    }
}
