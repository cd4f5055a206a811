using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Linux.Processes;
using Drover.Linux.Seccomp;
using Drover.Linux.Waits;
using Xunit;

namespace Drover.Linux.Tests.Waits;

/// <summary>What is known of waits with a timeout, without any process.</summary>
public sealed class TimedWaitsTests : IDisposable
{
    private const int Thread = 77;
    private const long Hour = 3_600_000_000_000;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource<NotedWait> _cut = new();
    private readonly TimedWaits _waits;

    public TimedWaitsTests() => _waits = new TimedWaits((thread, wait) => _cut.TrySetResult(thread == Thread ? wait : throw new InvalidOperationException()));

    public void Dispose() => _waits.Dispose();

    [Fact]
    public void Timeouts_are_taken_from_where_the_kernel_takes_them()
    {
        Assert.Equal(1_500_000_000, Call(CallNumber.poll, 0, 0, 1500).TimeoutNanoseconds(Nothing));
        Assert.Null(Call(CallNumber.poll, 0, 0, 0xffff_ffff).TimeoutNanoseconds(Nothing));
        Assert.Equal(20_000_000, Call(CallNumber.epoll_wait, 0, 0, 0, 20).TimeoutNanoseconds(Nothing));
        Assert.Equal(3_000_000_007, Call(CallNumber.futex, 1, 2, 3, 0x1000).TimeoutNanoseconds(Memory(0x1000, 3, 7)));
        Assert.Equal(3_000_000_007, Call(CallNumber.epoll_pwait2, 1, 2, 3, 0x1000).TimeoutNanoseconds(Memory(0x1000, 3, 7)));
        Assert.Equal(3_000_000_007, Call(CallNumber.rt_sigtimedwait, 1, 2, 0x1000).TimeoutNanoseconds(Memory(0x1000, 3, 7)));
        Assert.Equal(3_000_000_007, Call(CallNumber.nanosleep, 0x1000).TimeoutNanoseconds(Memory(0x1000, 3, 7)));
        Assert.Equal(3_000_000_007, Call(CallNumber.clock_nanosleep, 1, 0, 0x1000).TimeoutNanoseconds(Memory(0x1000, 3, 7)));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1_000_000_000)]
    [InlineData(long.MaxValue, 0)]
    public void Timeouts_that_the_kernel_refuses_or_nobody_lives_to_see_are_none(long seconds, long nanoseconds) =>
        Assert.Null(Call(CallNumber.nanosleep, 0x1000).TimeoutNanoseconds(Memory(0x1000, seconds, nanoseconds)));

    [Fact]
    public void Timeout_in_memory_that_is_not_there_is_none() =>
        Assert.Null(Call(CallNumber.nanosleep, 0x2000).TimeoutNanoseconds(Memory(0x1000, 1, 0)));

    [Fact]
    public void Other_calls_are_not_noted()
    {
        Assert.Null(_waits.Note(Trapped(Call(CallNumber.getcwd, 1, 2)), Nothing));
        Assert.Null(_waits.Find(Thread, Registers(Call(CallNumber.getcwd, 1, 2), CallNumber.getcwd)));
    }

    [Fact]
    public void Thread_is_found_in_the_wait_that_was_noted_also_when_the_kernel_has_restarted_it_and_in_no_other()
    {
        TimedWait wait = Call(CallNumber.poll, 0x1000, 1, 5000);
        Assert.NotNull(_waits.Note(Trapped(wait), Nothing));

        Assert.Equal(wait, _waits.Find(Thread, Registers(wait, CallNumber.poll))?.Wait);
        Assert.Equal(wait, _waits.Find(Thread, Registers(wait, SystemCall.RestartCall))?.Wait);
        Assert.Null(_waits.Find(Thread, Registers(wait, CallNumber.read)));
        Assert.Null(_waits.Find(Thread, Registers(wait with { Argument0 = 0x1008 }, CallNumber.poll)));
        Assert.Null(_waits.Find(Thread + 1, Registers(wait, CallNumber.poll)));
        _waits.Forget(Thread);
        Assert.Null(_waits.Find(Thread, Registers(wait, CallNumber.poll)));
    }

    [Fact]
    public void Call_that_is_made_once_more_and_not_noted_yet_is_not_the_wait_before()
    {
        TimedWait wait = Call(CallNumber.poll, 0x1000, 1, 5000);
        UserRegisters interrupted = Registers(wait, CallNumber.poll);
        interrupted.Rax = unchecked((ulong)-512L);
        NotedWait noted = _waits.Note(Trapped(wait), Nothing)!;
        Assert.Same(noted, _waits.Find(Thread, interrupted));

        noted.HasBegun = true;

        Assert.Null(_waits.Find(Thread, interrupted));
        Assert.Same(noted, _waits.Find(Thread, Registers(wait, CallNumber.poll)));
    }

    [Fact]
    public async Task Wait_that_is_issued_again_is_cut_off_when_its_time_is_over()
    {
        TimedWait wait = Call(CallNumber.poll, 0x1000, 1, 3_600_000);
        long began = ClockOffsets.NodeMonotonic - Hour;
        _waits.Recall(Thread, wait, began);

        _waits.Note(Trapped(wait), Nothing);
        NotedWait cut = await _cut.Task.WaitAsync(s_patience);

        Assert.Equal((wait, began), (cut.Wait, cut.BeganNanoseconds));
        Assert.True(_waits.IsCurrent(Thread, cut));
        // The same call once more is another wait: it has all its time, and nobody cuts it for the other's sake.
        _waits.Note(Trapped(wait), Nothing);
        Assert.False(_waits.IsCurrent(Thread, cut));
        Assert.InRange(_waits.Find(Thread, Registers(wait, CallNumber.poll))!.BeganNanoseconds, began + Hour, ClockOffsets.NodeMonotonic);
    }

    [Fact]
    public void Another_wait_than_the_one_that_was_recalled_begins_now()
    {
        TimedWait recalled = Call(CallNumber.poll, 0x1000, 1, 3_600_000);
        TimedWait other = recalled with { Argument2 = 3_600_001 };
        long now = ClockOffsets.NodeMonotonic;
        _waits.Recall(Thread, recalled, now - Hour);

        _waits.Note(Trapped(other), Nothing);

        Assert.InRange(_waits.Find(Thread, Registers(other, CallNumber.poll))!.BeganNanoseconds, now, ClockOffsets.NodeMonotonic);
        Assert.False(_cut.Task.IsCompleted);
    }

    private static TimedWait Call(int number, ulong first = 0, ulong second = 0, ulong third = 0, ulong fourth = 0) =>
        new(number, first, second, third, fourth, 0, 0);

    private static SeccompNotification Trapped(TimedWait wait) => new()
    {
        ThreadId = Thread,
        Data = new SeccompData
        {
            Number = wait.Call,
            Argument0 = wait.Argument0,
            Argument1 = wait.Argument1,
            Argument2 = wait.Argument2,
            Argument3 = wait.Argument3,
        },
    };

    private static UserRegisters Registers(TimedWait wait, int originalCall) => new()
    {
        OriginalRax = (ulong)originalCall,
        Rdi = wait.Argument0,
        Rsi = wait.Argument1,
        Rdx = wait.Argument2,
        R10 = wait.Argument3,
    };

    private static bool Nothing(ulong address, Span<byte> destination) => false;

    private static ReadMemory Memory(ulong where, long seconds, long nanoseconds) => (address, destination) =>
    {
        MemoryMarshal.AsBytes<long>([seconds, nanoseconds]).CopyTo(destination);
        return address == where;
    };
}
