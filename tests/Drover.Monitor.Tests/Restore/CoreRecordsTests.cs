using Drover.Core.State;
using Drover.Images.State;
using Drover.Monitor.Restore;
using CapabilityState = Drover.Images.State.CapabilityState;
using DataspaceState = Drover.Images.State.DataspaceState;
using DomainState = Drover.Images.State.DomainState;

namespace Drover.Monitor.Tests.Restore;

/// <summary>An image is well formed, but says what core cannot take.</summary>
public sealed class CoreRecordsTests
{
    private static readonly ObjectId s_utcbs = new(1);
    private static readonly ObjectId s_tables = new(2);

    [Fact]
    public void Domain_with_tables_becomes_cores_record()
    {
        Drover.Core.State.DomainState record = CoreRecords.Of(Domain(s_tables, deliveries: 3));

        Assert.Equal(0x22ul, record.TableBadge);
        Assert.Equal((16u, 3u), (record.CapabilitySpace[0].Selector, record.CapabilitySpace[0].Deliveries));
    }

    [Fact]
    public void Image_without_tables_is_refused_by_name()
    {
        Assert.Equal("tables", Assert.Throws<DomainStateException>(() => CoreRecords.Of(Domain(null, deliveries: 1))).Entry);
    }

    [Fact]
    public void More_deliveries_than_core_can_count_are_refused_and_not_cut_off()
    {
        DomainState forged = Domain(s_tables, deliveries: (1UL << 32) + 1);

        Assert.Equal("slot 16", Assert.Throws<DomainStateException>(() => CoreRecords.Of(forged)).Entry);
    }

    private static DomainState Domain(ObjectId? tables, ulong deliveries) => new()
    {
        Name = "forged",
        RamQuotaBytes = 1 << 20,
        RamUsedBytes = 0,
        CapabilityQuota = 10,
        CapabilitiesUsed = 1,
        Objects =
        [
            new ObjectState { Id = s_utcbs, Kind = ObjectKind.Dataspace, Badge = 0, Dataspace = new DataspaceState { LengthBytes = 4096, Inode = 11 } },
            new ObjectState { Id = s_tables, Kind = ObjectKind.Dataspace, Badge = 0x22, Dataspace = new DataspaceState { LengthBytes = 4096, Inode = 12 } },
        ],
        Capabilities = [new CapabilityState { Selector = 16, Object = s_tables, Deliveries = deliveries, Badge = 0x22 }],
        Attachments = [],
        LastAttachment = 0,
        IpcThreads = [],
        UtcbAreaLengthBytes = 4096,
        UtcbDataspace = s_utcbs,
        TableDataspace = tables,
    };
}
