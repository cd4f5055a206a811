using Drover.Linux.Memory;
using Xunit;

namespace Drover.Linux.Tests.Memory;

public sealed class MemoryUseTests
{
    [Fact]
    public void Memory_is_held_while_it_is_mapped_or_a_descriptor_is_open()
    {
        ulong inode;
        using (SharedMemory memory = SharedMemory.Create("held", 4096))
        {
            inode = memory.Inode;
            Assert.True(MemoryUse.Holds(Environment.ProcessId, inode));
        }

        Assert.False(MemoryUse.Holds(Environment.ProcessId, inode));
    }

    [Fact]
    public void A_process_that_is_gone_holds_nothing() => Assert.False(MemoryUse.Holds(int.MaxValue, 1));
}
