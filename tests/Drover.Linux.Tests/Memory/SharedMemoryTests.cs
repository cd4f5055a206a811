using Drover.Linux.Memory;
using Drover.Linux.Native;
using Xunit;

namespace Drover.Linux.Tests.Memory;

public sealed class SharedMemoryTests
{
    [Fact]
    public void Only_touched_pages_are_populated()
    {
        using SharedMemory memory = SharedMemory.Create("test", 16 * 4096);
        memory.Span(3 * 4096, 1)[0] = 7;
        memory.Span(9 * 4096, 4097).Fill(8);

        Assert.Equal([(3 * 4096UL, 4096UL), (9 * 4096UL, 8192UL)], memory.PopulatedRanges());
    }

    [Fact]
    public void Its_length_is_sealed()
    {
        using SharedMemory memory = SharedMemory.Create("test", 4096);

        Assert.Equal(-1, Libc.Truncate(memory.Descriptor, 8192));
        Assert.Equal(-1, Libc.Truncate(memory.Descriptor, 0));
    }

    [Fact]
    public void The_read_only_descriptor_gives_no_writable_mapping()
    {
        using SharedMemory memory = SharedMemory.Create("test", 4096);

        Assert.Throws<LinuxException>(() => SafeMapping.Share(memory.ReadOnlyDescriptor, 4096));
    }

    [Fact]
    public void A_span_outside_of_it_is_refused()
    {
        using SharedMemory memory = SharedMemory.Create("test", 4096);

        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Span(4096, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Span(ulong.MaxValue, 2).Length);
    }
}
