using Drover.Platform;
using Drover.Platform.State;
using Xunit;

namespace Drover.Linux.Tests.Processes;

[Trait("Category", "Process")]
public sealed class KeptStateTests : IDisposable
{
    private readonly ServantProcess _servant = new();

    public void Dispose() => _servant.Dispose();

    [Fact]
    public async Task A_dataspace_is_the_memory_that_the_restorer_gives()
    {
        Assert.Equal(2, await _servant.Order(11));
        _servant.Move();
        Assert.Equal(2, await _servant.Order(11));
    }

    [Fact]
    public async Task A_dataspace_on_its_way_to_being_mapped_is_kept()
    {
        const int Number = 900;
        Assert.Equal(2, await _servant.Order(11));
        _servant.Move(image => image.With(new DescriptorState
        {
            Number = Number,
            Kind = DescriptorKind.Dataspace,
            StatusFlags = 2,
            CloseOnExec = true,
            DescriptionId = Number,
            DataspaceInode = image.State.Mappings.First(one => one.Backing == MappingBacking.Dataspace).DataspaceInode,
        }));
        // Read back and built once more.
        _servant.Move(image =>
        {
            DescriptorState kept = image.State.Descriptors.Single(one => one.Number == Number);
            Assert.Equal(DescriptorKind.Dataspace, kept.Kind);
            Assert.True(image.Dataspaces.ContainsKey(kept.DataspaceInode));
            return image;
        });

        Assert.Equal(2, await _servant.Order(11));
        FileInfo link = new($"/proc/{_servant.Process.HostProcessId}/fd/{Number}");
        Assert.StartsWith("/memfd:orders", link.LinkTarget, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_main_stack_still_grows()
    {
        Assert.Equal(20, await _servant.Order(1, 20));
        _servant.Move();
        Assert.Equal(1200, await _servant.Order(1, 1200));
    }

    [Fact]
    public async Task A_pipe_keeps_its_bytes_and_both_ends()
    {
        Assert.Equal(5000, await _servant.Order(2, 5000));
        _servant.Move();
        Assert.Equal(77, await _servant.Order(3, 5000));
    }

    [Fact]
    public async Task An_epoll_instance_keeps_what_it_watches()
    {
        Assert.Equal(8, await _servant.Order(6));
        _servant.Move();
        Assert.Equal(4711, await _servant.Order(7));
    }

    [Fact]
    public async Task The_break_moves_on()
    {
        Assert.Equal(0, await _servant.Order(8, 100_000));
        _servant.Move();
        Assert.Equal(0, await _servant.Order(8, 300_000));
    }

    [Fact]
    public async Task A_blocked_signal_stays_pending()
    {
        Assert.Equal(0, await _servant.Order(9));
        _servant.Move();
        Assert.Equal(12, await _servant.Order(10));
        Assert.Equal(-1, await _servant.Order(10));
    }

    [Fact]
    public async Task The_monotonic_clock_goes_on_at_the_recorded_value()
    {
        long before = await _servant.Order(5);
        long recorded = 0;
        _servant.Move(image =>
        {
            recorded = image.State.MonotonicNanoseconds;
            image.State = image.State with { MonotonicNanoseconds = recorded + 5_000_000_000_000 };
            return image;
        });
        long after = await _servant.Order(5);

        Assert.InRange(recorded, before, before + 10_000_000_000);
        Assert.InRange(after, recorded + 5_000_000_000_000, recorded + 5_010_000_000_000);
    }

    [Fact]
    public async Task Blocked_calls_wait_for_what_was_left()
    {
        const int Milliseconds = 4000;
        long count = await _servant.Order(4, Milliseconds);
        for (int move = 0; move < 2; move++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1500));
            _servant.Move();
        }
        for (int wait = 0; wait < count; wait++)
        {
            long took = await _servant.Note(wait);
            // poll and epoll_wait start over: what was left only the old kernel knew.
            int most = wait is 4 or 7 ? 4 * Milliseconds : Milliseconds + 1500;
            Assert.True(
                took / 1_000_000 >= Milliseconds - 10 && took / 1_000_000 < most,
                $"wait {wait} took {took / 1_000_000} ms");
        }
    }

    [Fact]
    public async Task Blocked_calls_are_not_disturbed_by_stops()
    {
        const int Milliseconds = 1500;
        long count = await _servant.Order(4, Milliseconds);
        long started = Environment.TickCount64;
        for (int stop = 0; stop < 20; stop++)
        {
            await Task.Delay(20);
            using IStoppedProcess stopped = _servant.Process.Stop(TimeSpan.FromSeconds(10));
            if (stop % 2 == 0)
                continue;
            ProcessState state = stopped.Read(Programs.Identify);
            using IMemorySnapshot snapshot = stopped.Snapshot();
            Assert.Contains(state.Threads, thread => thread.BlockedCall >= 0);
        }
        long stopping = Environment.TickCount64 - started;
        for (int wait = 0; wait < count; wait++)
        {
            long took = await _servant.Note(wait);
            // ppoll and select do not wait while they are stopped, and epoll_wait starts over.
            long most = Milliseconds + 1000 + (wait is 1 or 2 or 7 ? stopping : 0);
            Assert.True(
                took / 1_000_000 >= Milliseconds - 10 && took / 1_000_000 < most,
                $"wait {wait} took {took / 1_000_000} ms");
        }
    }

    [Fact]
    public async Task A_stop_without_patience_leaves_it_running()
    {
        Assert.Equal(2, await _servant.Order(11));
        for (int i = 0; i < 50; i++)
        {
            try
            {
                _servant.Process.Stop(TimeSpan.Zero).Dispose();
            }
            catch (TimeoutException)
            {
                // What this test is about.
            }
            Assert.Equal(2, await _servant.Order(11));
        }
        using IStoppedProcess stopped = _servant.Process.Stop(TimeSpan.FromSeconds(2));
        Assert.NotEmpty(stopped.Read(Programs.Identify).Threads);
    }
}
