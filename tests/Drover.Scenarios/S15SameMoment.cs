using Drover.Core;
using Drover.Core.Capabilities;
using Drover.Images;
using Drover.Monitor;
using Drover.Monitor.Checkpoint;
using Drover.Monitor.Logging;
using Drover.Node;
using Drover.Node.Operations;
using Drover.Node.Programs;
using Drover.Scenarios.Moments;

namespace Drover.Scenarios;

/// <summary>S15: however an image was written, it is the same, byte for byte, as a complete one of the same moment, which was forked.</summary>
public sealed class S15SameMoment : IAsyncLifetime, IDisposable
{
    private const int Rounds = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("drover-scenario-").FullName;
    private readonly StandingMachine _machine = new();
    private readonly ComponentMonitor _monitor;
    private MonitoredComponent? _component;
    private int _images;
    private long _copiedInRounds;
    private ulong _copiedInStops;

    public S15SameMoment()
    {
        Kernel kernel = new(new KernelOptions { Badges = new NodeBadges() });
        _monitor = new ComponentMonitor(kernel, _machine, "ecu-a", TimeProvider.System);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_component is null)
            return;
        _machine.Process.GoOn();
        await _component.StopAsync();
    }

    public void Dispose()
    {
        _machine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Image_copied_beforehand_is_as_one_that_was_forked(bool compress)
    {
        await StartAsync();
        for (int round = 0; round < Rounds; round++)
        {
            (string image, CheckpointOutcome copied, string complete) = await CheckpointTwiceAsync(order => order with { PreCopy = true, Compress = compress });

            NoteWork(copied);
            WholeImage.Read(image).AssertIs(WholeImage.Read(complete));
        }

        AssertHadWork();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Chain_of_deltas_is_as_one_that_was_forked(bool preCopy, bool compress)
    {
        await StartAsync();
        string parent = NewImage();
        await _monitor.CheckpointAsync(_component!, new CheckpointOrder(parent, LeaveRunning: true), Ecus.Soon);
        // The first delta compares, the others build upon what was noted.
        for (int round = 0; round < Rounds; round++)
        {
            using ImageReader before = ImageReader.Open(parent);
            (string image, CheckpointOutcome delta, string complete) = await CheckpointTwiceAsync(
                order => order with { Parent = before, PreCopy = preCopy, Compress = compress });

            if (preCopy)
                NoteWork(delta);
            WholeImage.Read(image).AssertIs(WholeImage.Read(complete));
            Assert.InRange(delta.Bytes, 1, BytesOf(complete));
            parent = image;
        }

        if (preCopy)
            AssertHadWork();
    }

    [Fact]
    public async Task Images_of_chains_that_branch_and_mix_all_ways_are_as_ones_that_were_forked()
    {
        await StartAsync();
        List<string> images = [NewImage()];
        await _monitor.CheckpointAsync(_component!, new CheckpointOrder(images[0], LeaveRunning: true), Ecus.Soon);
        Random random = new(7);
        for (int round = 0; round < 2 * Rounds; round++)
        {
            string parent = random.Next(3) == 0 ? images[random.Next(images.Count)] : images[^1];
            bool preCopy = random.Next(2) == 0;
            using ImageReader before = ImageReader.Open(parent);
            (string image, _, string complete) = await CheckpointTwiceAsync(order => order with { Parent = before, PreCopy = preCopy, Compress = random.Next(3) == 0 });

            WholeImage.Read(image).AssertIs(WholeImage.Read(complete));
            images.Add(image);
        }
    }

    [Fact]
    public async Task Merged_chain_is_as_one_that_was_forked()
    {
        await StartAsync();
        string parent = NewImage();
        string complete = "";
        await _monitor.CheckpointAsync(_component!, new CheckpointOrder(parent, LeaveRunning: true), Ecus.Soon);
        for (int round = 0; round < Rounds; round++)
        {
            using ImageReader before = ImageReader.Open(parent);
            (parent, _, complete) = await CheckpointTwiceAsync(order => order with { Parent = before, PreCopy = true });
        }

        await ImageFiles.MergeAsync(parent, parent + "-merged");

        WholeImage.Read(parent + "-merged").AssertIs(WholeImage.Read(complete));
    }

    [Fact]
    public async Task Images_of_two_moments_differ_in_memory_and_dataspaces()
    {
        await StartAsync();
        WholeImage[] images = [await ReadNowAsync(), await ReadNowAsync()];

        Assert.NotEqual(images[0].Memory, images[1].Memory);
        Assert.NotEqual(images[0].Dataspaces, images[1].Dataspaces);
        Assert.NotEqual(images[0].Manifest, images[1].Manifest);
    }

    private async Task<WholeImage> ReadNowAsync()
    {
        string image = NewImage();
        await _monitor.CheckpointAsync(_component!, new CheckpointOrder(image, LeaveRunning: true), Ecus.Soon);
        return WholeImage.Read(image);
    }

    private async Task StartAsync()
    {
        _component = _monitor.Launch(Specifications.Of(new RunRequest { Program = Programs.Restless }, ProgramFile.Find(Programs.Restless)));
        await foreach (LogLine line in _component.Log.ReadAsync(0, follow: true, Ecus.Soon))
        {
            if (line.Text == "busy")
                return;
        }

        Assert.Fail($"The component ended: {await _component.Ended}");
    }

    /// <summary>As it is wanted, and then, of the component that did not run meanwhile, a complete one.</summary>
    private async Task<(string Image, CheckpointOutcome Outcome, string Complete)> CheckpointTwiceAsync(Func<CheckpointOrder, CheckpointOrder> wanted)
    {
        string image = NewImage();
        string complete = NewImage();
        _machine.Process.StandAtNextStop();
        CheckpointOutcome outcome = await _monitor.CheckpointAsync(_component!, wanted(new CheckpointOrder(image, LeaveRunning: true)), Ecus.Soon);
        await _monitor.CheckpointAsync(_component!, new CheckpointOrder(complete, LeaveRunning: true), Ecus.Soon);
        _machine.Process.GoOn();
        return (image, outcome, complete);
    }

    private void NoteWork(CheckpointOutcome copied)
    {
        _copiedInRounds += copied.Rounds!.Skip(1).Sum(round => round.Bytes);
        _copiedInStops += _machine.Process.WrittenAtStop.Private;
    }

    /// <summary>Pages were written between the rounds, and after the last one.</summary>
    private void AssertHadWork()
    {
        Assert.NotEqual(0, _copiedInRounds);
        Assert.NotEqual(0ul, _copiedInStops);
    }

    private static long BytesOf(string image) => new DirectoryInfo(image).EnumerateFiles().Sum(file => file.Length);

    private string NewImage() => Path.Combine(_folder, $"image-{++_images}");
}
