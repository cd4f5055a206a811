using System.Runtime.CompilerServices;
using Drover.Component.Tests.Fakes;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Tests;

public sealed class CapabilityMapTests : IDisposable
{
    private readonly FakeCore _core = new();
    private readonly Env _env;
    private readonly Tables _tables;

    public CapabilityMapTests()
    {
        _env = new(_core);
        _tables = new(_core);
    }

    public void Dispose() => _core.Dispose();

    [Fact]
    public void The_header_says_where_the_tables_are()
    {
        byte[] header = _tables.Read(0, TableLayout.HeaderBytes);
        Assert.Equal("DROVERCT"u8, header.AsSpan(0, 8));
        Assert.Equal(TableLayout.Version, BitConverter.ToUInt32(header, TableLayout.VersionOffset));
        Assert.Equal((uint)TableLayout.HeaderBytes, BitConverter.ToUInt32(header, TableLayout.HeaderBytesOffset));
        Assert.Equal((ulong)TableLayout.MapOffset, BitConverter.ToUInt64(header, TableLayout.MapOffsetOffset));
        Assert.Equal((uint)TableLayout.Capacity, BitConverter.ToUInt32(header, TableLayout.MapCapacityOffset));
        Assert.Equal((uint)TableLayout.EntryBytes, BitConverter.ToUInt32(header, TableLayout.MapEntryBytesOffset));
        Assert.Equal((ulong)TableLayout.PoolOffset, BitConverter.ToUInt64(header, TableLayout.PoolOffsetOffset));
        Assert.Equal((uint)TableLayout.Capacity, BitConverter.ToUInt32(header, TableLayout.PoolCapacityOffset));
        Assert.Equal((uint)TableLayout.EntryBytes, BitConverter.ToUInt32(header, TableLayout.PoolEntryBytesOffset));
        Assert.All(header[56..], single => Assert.Equal(0, single));
    }

    [Fact]
    public void The_map_tells_what_core_knows_from_the_beginning() => Assert.Equal(_core.Held(), _tables.ValidMap());

    [Fact]
    public void Arrivals_of_one_capability_are_owners_of_one_selector()
    {
        using Capability<IDataspace> first = _env.Pd.Client.CapabilitySpaceDataspace();
        using Capability<IDataspace> second = _env.Pd.Client.CapabilitySpaceDataspace();
        Assert.Equal(_core.Held(), _tables.ValidMap());
        uint selector = _core.Held().Single(held => held.Value.Badge == _core.Pd.Tables.Badge).Key;
        Assert.Equal(3u, _tables.Map(selector).Owners); // the environment's own is the third
        second.Dispose();
        Assert.Equal(2u, _tables.Map(selector).Owners);
        Assert.Equal(3u, _tables.Map(selector).Deliveries);
    }

    [Fact]
    public void The_last_owner_gives_all_deliveries_back()
    {
        var before = _core.Held();
        Capability<IDataspace> owner = _env.Pd.Client.AllocateDataspace(4096).Value;
        Capability<IDataspace> duplicate = owner.Duplicate();
        owner.Dispose();
        owner.Dispose();
        Assert.Equal(before.Count + 1, _core.Held().Count);
        duplicate.Dispose();
        Assert.Equal(before, _core.Held());
        Assert.Equal(before, _tables.ValidMap());
        Assert.Throws<ObjectDisposedException>(() => duplicate.Client.LengthBytes());
    }

    [Fact]
    public void A_forgotten_owner_is_given_back_by_the_collector()
    {
        var before = _core.Held();
        Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(before, _core.Held());
        Assert.Equal(before, _tables.ValidMap());

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Forget() => _env.Pd.Client.AllocateDataspace(4096).Value.Client.LengthBytes();
    }

    [Fact]
    public void Owners_and_the_map_agree()
    {
        using Capability<IDataspace> first = _env.Pd.Client.AllocateDataspace(4096).Value;
        List<Capability<IDataspace>> owners = [first, first.Duplicate(), first.Duplicate()];
        var use = _env.CapabilityUse();
        Assert.Equal(use.OpenOwners, use.RecordedOwners);
        Assert.Equal(_core.Held().Count, use.Selectors);
        Assert.Equal(_core.Held().Values.Sum(held => held.Deliveries), use.Deliveries);
        owners.ForEach(owner => owner.Dispose());
        Assert.Equal(use.OpenOwners - 3, _env.CapabilityUse().OpenOwners);
        Assert.Equal(_env.CapabilityUse().OpenOwners, _env.CapabilityUse().RecordedOwners);
    }

    [Fact]
    public void Deliveries_that_cross_a_release_are_counted_right()
    {
        var before = _core.Held();
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(Hammer))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Null(failure); // the fake core throws if more is given back than was delivered
        Assert.Equal(before, _core.Held());
        Assert.Equal(before, _tables.ValidMap());

        void Hammer()
        {
            try
            {
                for (int i = 0; i < 2000; i++)
                {
                    using Capability<IObject> arrived = _env.Parent.Client.Session("Shared", "", default).Value;
                    using Capability<ITimerSession> duplicate = arrived.As<ITimerSession>();
                    Assert.Equal(1_500_000ul, duplicate.Client.ElapsedMicroseconds());
                }
            }
            catch (Exception caught)
            {
                failure = caught;
            }
        }
    }

    [Fact]
    public void Deliveries_do_not_pile_up_while_an_owner_is_held()
    {
        using Capability<IDataspace> kept = _env.Pd.Client.CapabilitySpaceDataspace();
        for (int i = 0; i < 70_000; i++)
            _env.Pd.Client.CapabilitySpaceDataspace().Dispose();
        Assert.Equal(_core.Held(), _tables.ValidMap());
        Assert.InRange(_core.Held().Values.Max(held => held.Deliveries), 2u, 65_536u);
    }

    [Fact]
    public void A_capability_that_nobody_took_from_the_message_goes_back()
    {
        var before = _core.Held();
        Capability<IGivesNothing> liar = new(_env.Pd.Owner.Duplicate());
        Assert.Throws<RpcException>(() => liar.Client.Nothing());
        liar.Dispose();
        Assert.Equal(before, _core.Held());
        Assert.Equal(before, _tables.ValidMap());
    }
}

/// <summary>What the PD session is not: its first method gives a capability.</summary>
[RpcInterface]
public interface IGivesNothing
{
    void Nothing();
}
