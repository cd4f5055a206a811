using System.Diagnostics;
using System.Globalization;
using Drover.Images;
using Drover.Images.State;
using Drover.Node;
using Drover.Node.Api;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>S12: timers keep what was left and their phase, and clocks go on. Times are what the component measures by its own
/// clocks; only lower bounds are exact, because nobody can be held up by less than the machine holds him up.</summary>
public sealed class S12Timers
{
    /// <summary>More than a busy machine delays anything.</summary>
    private static readonly TimeSpan Noise = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task One_shot_fires_after_what_was_left_however_long_the_image_lay()
    {
        TimeSpan asked = TimeSpan.FromSeconds(10);
        await using Ecus ecus = new();
        await RunAsync(ecus.A, asked, TimeSpan.FromMilliseconds(400));
        await ecus.A.WaitForLineAsync("timers", IsTick(20)); // eight seconds
        string image = ecus.NewImage();

        await ecus.A.CheckpointAsync("timers", image);
        TimeSpan left = LeftIn(image);
        Assert.InRange(left, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await Task.Delay(left * 2);
        long restored = Stopwatch.GetTimestamp();
        await ecus.B.RestoreAsync(image);
        TimeSpan took = Microseconds((await ecus.B.WaitForLineAsync("timers", IsOnce)).Text);

        // Since it was armed, by a clock that stood still in the image.
        Assert.InRange(took, asked, asked + Noise);
        Assert.InRange(Stopwatch.GetElapsedTime(restored), left, left + Noise);
    }

    [Fact]
    public async Task Periodic_timer_keeps_its_phase_through_ten_moves()
    {
        TimeSpan period = TimeSpan.FromMilliseconds(500);
        await using Ecus ecus = new();
        await RunAsync(ecus.A, TimeSpan.FromHours(1), period);
        await ecus.A.WaitForLineAsync("timers", IsAnyTick);
        (ILocalNode here, ILocalNode there) = (ecus.A, ecus.B);
        List<long> openedAt = [];
        for (int move = 0; move < 10; move++)
        {
            string image = ecus.NewImage();
            await here.CheckpointAsync("timers", image);
            openedAt.Add(OpenedAt(image));
            await there.RestoreAsync(image);
            (here, there) = (there, here);
        }

        List<TimeSpan> late = [];
        await foreach (LogEntry entry in here.ReadLogAsync("timers", 0, follow: true, Ecus.Soon))
        {
            if (IsAnyTick(entry.Text))
                late.Add(new TimeSpan(Microseconds(entry.Text).Ticks % period.Ticks));
            if (late.Count == 8)
                break;
        }

        // Each is late by what the machine delays it, so the least of them shows the phase; an early one would be late by nearly a period.
        Assert.InRange(late.Min(), TimeSpan.Zero, period / 5);
        // By the component's clock the session was always opened at the same moment, or moves would add up. That the machine comes
        // between two readings of a clock happens, but not at each move.
        long least = openedAt.Zip(openedAt.Skip(1), (one, next) => Math.Abs(next - one)).Min();
        Assert.InRange(least, 0, 300_000);
    }

    [Fact]
    public async Task Expiry_that_was_due_at_the_checkpoint_leaves_the_phase_alone()
    {
        await using Ecus ecus = new();
        await RunAsync(ecus.A, TimeSpan.FromHours(1), TimeSpan.FromMilliseconds(1));
        await ecus.A.WaitForLineAsync("timers", IsAnyTick);
        string image = ecus.NewImage();
        await ecus.A.CheckpointAsync("timers", image);
        TimerState periodic = TimersIn(image).Single(timer => timer.PeriodNanoseconds != 0);
        ulong phase = Phase(periodic);

        await ecus.B.RestoreAsync(image);
        string second = ecus.NewImage();
        await ecus.B.CheckpointAsync("timers", second);

        // The component armed it once, so it expires at the same fraction of a period for ever.
        ulong phaseLater = Phase(TimersIn(second).Single(timer => timer.PeriodNanoseconds != 0));
        Assert.Equal(phase, phaseLater);
    }

    [Fact]
    public async Task Clocks_go_on_where_they_stood_on_a_node_that_booted_later()
    {
        await using Ecus ecus = new();
        string folder = Directory.CreateDirectory(ecus.NewImage()).FullName;
        string socket = Path.Combine(folder, "old.sock");
        using Process old = await StartNodeThatBootedBeforeAsync(socket, TimeSpan.FromDays(11));
        using NodeClient client = new(socket);
        await client.RunAsync(new RunRequest { Program = Programs.Clockwork, Name = "clocks", Arguments = ["clocks"] }, Ecus.Soon);
        (TimeSpan monotonicThere, TimeSpan boottimeThere, _) = Clocks(await FirstClocksAsync(client));
        string image = ecus.NewImage();

        await client.CheckpointAsync(new CheckpointRequest("clocks", image, false), Ecus.Soon);
        old.Kill();
        await Task.Delay(Noise);
        await ecus.B.RestoreAsync(image);
        (TimeSpan monotonic, TimeSpan boottime, TimeSpan longestStep) = Clocks((await ecus.B.WaitForLineAsync("clocks", IsClocks)).Text);

        Assert.True(monotonicThere > TimeSpan.FromDays(11) && boottimeThere > TimeSpan.FromDays(11), $"{monotonicThere}, {boottimeThere}");
        Assert.True(monotonic > monotonicThere && boottime > boottimeThere, $"{monotonic}, {boottime}");
        // It read them all the time, and the longest step is less than the image lay.
        Assert.InRange(longestStep, TimeSpan.Zero, Noise * 0.9);
    }

    private static async Task RunAsync(ILocalNode node, TimeSpan once, TimeSpan period)
    {
        await node.RunAsync(
            new RunRequest { Program = Programs.Clockwork, Name = "timers", Arguments = ["timers", $"{once.TotalMilliseconds}", $"{period.TotalMilliseconds}"] }, Ecus.Soon);
        await node.WaitForLineAsync("timers", line => line == "armed");
    }

    private static async Task<string> FirstClocksAsync(NodeClient client)
    {
        await foreach (LogEntry entry in client.ReadLogAsync("clocks", 0, follow: true, Ecus.Soon))
        {
            if (IsClocks(entry.Text))
                return entry.Text;
        }

        throw new InvalidOperationException("the component ended before it said what the clocks showed");
    }

    /// <summary>A node in a time namespace of its own, as if its machine had been switched on that long before this one.</summary>
    private static async Task<Process> StartNodeThatBootedBeforeAsync(string socket, TimeSpan before)
    {
        string seconds = before.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        string[] user = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-root-user"];
        ProcessStartInfo start = new(
            "unshare", [.. user, "--time", "--fork", "--kill-child", "--monotonic", seconds, "--boottime", seconds, "dotnet", Programs.Drover, "node", "--name", "old", "--socket", socket])
        {
            RedirectStandardOutput = true,
        };
        Process node = Process.Start(start)!;
        string? line = await node.StandardOutput.ReadLineAsync(Ecus.Soon);
        Assert.Contains("listens", line ?? "", StringComparison.Ordinal);
        return node;
    }

    private static Func<string, bool> IsTick(int number)
    {
        int seen = 0;
        return line => IsAnyTick(line) && ++seen == number;
    }

    private static bool IsAnyTick(string line) => line.StartsWith("tick ", StringComparison.Ordinal);

    private static bool IsOnce(string line) => line.StartsWith("once ", StringComparison.Ordinal);

    private static bool IsClocks(string line) => line.StartsWith("clocks ", StringComparison.Ordinal);

    private static TimeSpan Microseconds(string line) => TimeSpan.FromMicroseconds(long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));

    private static (TimeSpan Monotonic, TimeSpan Boottime, TimeSpan LongestStep) Clocks(string line)
    {
        TimeSpan[] shown = [.. line.Split(' ').Skip(1).Select(number => TimeSpan.FromMicroseconds(long.Parse(number, CultureInfo.InvariantCulture)))];
        return (shown[0], shown[1], shown[2]);
    }

    private static TimeSpan LeftIn(string image) =>
        TimeSpan.FromMicroseconds((long)TimersIn(image).Single(timer => timer.PeriodNanoseconds == 0).RemainingNanoseconds!.Value / 1000);

    /// <summary>When the session of the periodic timer was opened, in nanoseconds of the component's CLOCK_MONOTONIC.</summary>
    private static long OpenedAt(string image)
    {
        using ImageReader reader = ImageReader.Open(image);
        TimerState periodic = reader.Manifest.Domain.Objects.Select(entry => entry.Timer).OfType<TimerState>().Single(timer => timer.PeriodNanoseconds != 0);
        return reader.Manifest.Process.MonotonicNanoseconds - (long)periodic.ElapsedNanoseconds;
    }

    /// <summary>Where in each period, on the session's own clock, it expires.</summary>
    private static ulong Phase(TimerState timer) =>
        (timer.ElapsedNanoseconds + timer.RemainingNanoseconds!.Value - (timer.OverdueNanoseconds ?? 0)) % timer.PeriodNanoseconds;

    private static IReadOnlyList<TimerState> TimersIn(string image)
    {
        using ImageReader reader = ImageReader.Open(image);
        return [.. reader.Manifest.Domain.Objects.Select(entry => entry.Timer).OfType<TimerState>()];
    }
}
