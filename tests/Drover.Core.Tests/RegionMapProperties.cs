using Drover.Contracts.Abi;
using Drover.Contracts.Sessions;
using Drover.Core.Memory;
using Drover.Core.Tests.Fakes;
using Drover.Platform.State;
using FsCheck;
using FsCheck.Fluent;

namespace Drover.Core.Tests;

/// <summary>Whatever is attached and detached where, each page of the address space is what looking it up step by step gives.</summary>
public sealed class RegionMapProperties
{
    private const ulong Page = 4096;
    private const ulong Base = 0x2000_0000_0000;
    private const ulong WindowPages = 12;
    private const AttachRights Both = AttachRights.Read | AttachRights.Write;

    [Fact]
    public void Address_space_follows_any_sequence_of_changes() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(60),
            Prop.ForAll(ArbMap.Default.ArbFor<(byte Kind, byte Map, byte Subject, byte Place, byte Length)[]>(), Holds));

    private static bool Holds((byte Kind, byte Map, byte Subject, byte Place, byte Length)[] steps)
    {
        World world = new();
        FakeDomain owner = world.Domain("owner");
        owner.Furnish();
        FakeThread thread = owner.Thread();
        RegionMapObject[] maps = [.. Enumerable.Range(0, 4).Select(_ => owner.Domain.CreateRegionMap(WindowPages * Page).Value)];
        Dataspace[] memories = [.. Enumerable.Range(0, 3).Select(_ => owner.Domain.CreateDataspace(WindowPages * Page).Value)];
        owner.Domain.Attach(maps[0].Dataspace, 0, WindowPages * Page, Base, Both);
        owner.Domain.Attach(maps[0].Dataspace, 4 * Page, 8 * Page, Base + (WindowPages * Page), AttachRights.Read);
        foreach ((byte kind, byte map, byte subject, byte place, byte length) in steps)
        {
            Step(maps, memories, (kind, map, subject, place, length));
            // Sometimes several changes are made in one go.
            if (kind % 3 == 0)
                Await(thread);
        }

        Await(thread);
        Dictionary<ulong, (ulong Inode, ulong OffsetBytes, PageProtection Protection)> found = owner.AddressSpace.Pages();
        for (ulong page = 0; page < WindowPages + 8; page++)
        {
            bool isSecond = page >= WindowPages;
            var expected = LookUp(maps[0], isSecond ? (page - WindowPages + 4) * Page : page * Page, isSecond ? AttachRights.Read : Both);
            (ulong Inode, ulong OffsetBytes, PageProtection Protection)? actual =
                found.TryGetValue(Base + (page * Page), out (ulong Inode, ulong OffsetBytes, PageProtection Protection) there) ? there : null;
            if (expected != actual)
                return false;
        }

        return owner.Domain.CapabilityAccount.Used == 7 + 2 + (ulong)maps.Sum(each => each.Regions.Attachments.Count)
            && world.Faults.Count == 0;
    }

    private static void Step(RegionMapObject[] maps, Dataspace[] memories, (byte Kind, byte Map, byte Subject, byte Place, byte Length) step)
    {
        RegionMapObject map = maps[step.Map % maps.Length];
        ulong at = step.Place % WindowPages * Page;
        ulong length = ((step.Length % 4u) + 1) * Page;
        AttachRights rights = step.Kind % 2 == 0 ? Both : AttachRights.Read;
        ulong offset = step.Length % 8u * Page;
        switch (step.Kind % 5)
        {
            case 0 or 1:
                map.Attach(memories[step.Subject % memories.Length], offset, length, at, rights);
                break;
            case 2 or 3:
                map.Attach(maps[step.Subject % maps.Length].Dataspace, offset, length, at, rights);
                break;
            default:
                if (map.Regions.Covering(at) is { } attachment)
                    map.Detach(attachment.Address);
                break;
        }
    }

    private static (ulong Inode, ulong OffsetBytes, PageProtection Protection)? LookUp(RegionMapObject map, ulong offset, AttachRights rights)
    {
        foreach (Attachment attachment in map.Regions.Attachments)
        {
            if (offset < attachment.Address || offset >= attachment.End)
                continue;
            ulong inside = offset - attachment.Address + attachment.OffsetBytes;
            AttachRights left = rights & attachment.Rights;
            return attachment.Dataspace is Dataspace memory
                ? (memory.Inode, inside, (PageProtection)left)
                : LookUp(((ManagedDataspace)attachment.Dataspace).Map, inside, left);
        }

        return null;
    }

    private static void Await(FakeThread thread)
    {
        thread.Private(PrivateCall.AwaitMappings, 0, 0, ++thread.Sequence);
        thread.Port.WhenAnswered(thread.CallId).WaitAsync(TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();
    }
}
