using Drover.Component.Memory;
using Drover.Component.Tests.Fakes;
using Drover.Contracts.Sessions;

namespace Drover.Component.Tests;

public sealed class DataspaceTests : IDisposable
{
    private readonly FakeCore _core = new();
    private readonly Env _env;

    public DataspaceTests() => _env = new(_core);

    public void Dispose() => _core.Dispose();

    [Fact]
    public void Two_attachments_are_one_memory()
    {
        using Dataspace dataspace = _env.Allocate(5000);
        Assert.Equal(8192ul, dataspace.LengthBytes);
        using Attachment whole = dataspace.Attach();
        using Attachment second = dataspace.Attach(offsetBytes: 4096, lengthBytes: 4096);
        "wool"u8.CopyTo(whole.Slice(4100, 4));
        Assert.Equal("wool"u8, second.ReadOnlySlice(4, 4));
        Assert.NotEqual(whole.Address, second.Address);
        Assert.Equal(8192, whole.Span.Length);
    }

    [Fact]
    public void Nothing_outside_an_attachment_can_be_had()
    {
        using Dataspace dataspace = _env.Allocate(4096);
        using Attachment attachment = dataspace.Attach();
        Assert.Throws<ArgumentOutOfRangeException>(() => attachment.Slice(4096, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => attachment.Slice(ulong.MaxValue, 2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => attachment.Slice(0, -1).Length);
        Assert.Equal(0, attachment.Slice(4096, 0).Length);
    }

    [Fact]
    public void A_range_outside_the_dataspace_is_refused()
    {
        using Dataspace dataspace = _env.Allocate(4096);
        Assert.Equal(AttachError.InvalidRange, dataspace.TryAttach(offsetBytes: 8192).Error);
        Assert.Equal(AttachError.InvalidRange, dataspace.TryAttach(offsetBytes: 4096).Error);
        Assert.Equal(AttachError.InvalidRange, dataspace.TryAttach(lengthBytes: 8192).Error);
        Assert.Equal(AttachError.InvalidRange, dataspace.TryAttach(offsetBytes: 1).Error);
        Assert.Equal(AttachError.InvalidRange, Assert.Throws<RefusedException>(() => dataspace.Attach(lengthBytes: 1)).Error);
    }

    [Fact]
    public void Memory_attached_for_reading_is_not_given_for_writing()
    {
        using Dataspace dataspace = _env.Allocate(4096);
        using Attachment reading = dataspace.Attach(AttachRights.Read);
        Assert.Equal(0, reading.ReadOnlySpan[0]);
        Assert.Throws<InvalidOperationException>(() => reading.Span.Length);
    }

    [Fact]
    public void Disposing_detaches_frees_and_gives_back()
    {
        var before = _core.Held();
        int attached = _core.Rm.Attached;
        Dataspace dataspace = _env.Allocate(4096);
        Attachment attachment = dataspace.Attach();
        Assert.Equal(attached + 1, _core.Rm.Attached);
        attachment.Dispose();
        attachment.Dispose();
        Assert.Equal(attached, _core.Rm.Attached);
        Assert.Throws<ObjectDisposedException>(() => attachment.Span.Length);
        dataspace.Dispose();
        Assert.Single(_core.Pd.Freed);
        Assert.Equal(before, _core.Held());
    }

    [Fact]
    public void A_dataspace_of_somebody_else_is_not_freed()
    {
        using Dataspace own = _env.Allocate(4096);
        using (Dataspace received = _env.OpenDataspace(own.Capability))
        using (Attachment there = received.Attach())
            there.Span.Fill(7);
        Assert.Empty(_core.Pd.Freed);
        using Attachment here = own.Attach(AttachRights.Read);
        Assert.Equal(Enumerable.Repeat((byte)7, 4096), here.ReadOnlySpan.ToArray());
    }

    [Fact]
    public void Too_much_memory_is_refused()
    {
        Assert.Equal(AllocationError.OutOfMemory, _env.TryAllocate(1ul << 40).Error);
        Assert.Throws<RefusedException>(() => _env.Allocate(1ul << 40));
    }
}
