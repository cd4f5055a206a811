using System.Diagnostics;
using Drover.Node;
using Drover.Node.Operations;
using Drover.Platform.Faults;

namespace Drover.Scenarios;

/// <summary>A component that dies at whatever step of what is done with it is said to have ended, and nothing is left of either.</summary>
public sealed class EndedMeanwhile : IAsyncDisposable
{
    private const string Name = "Ledger";

    private readonly FaultPoints _faults = new();
    private readonly Ecus _ecus;

    public EndedMeanwhile() => _ecus = new Ecus(_faults);

    private INodeOperations Node => _ecus.A;

    public ValueTask DisposeAsync() => _ecus.DisposeAsync();

    [Fact]
    public async Task At_any_step_of_a_checkpoint_or_snapshot_the_end_of_the_component_is_said_and_no_half_image_is_left()
    {
        Func<Trial, string, Task>[] operations =
        [
            (_, image) => Node.CheckpointAsync(new CheckpointRequest(Name, image, LeaveRunning: true) { Compress = true }, Ecus.Soon),
            (trial, image) => Node.CheckpointAsync(new CheckpointRequest(Name, image, LeaveRunning: true) { Parent = trial.First, PreCopy = true }, Ecus.Soon),
            (_, _) => Node.SnapshotAsync(Name),
        ];
        HashSet<FaultPoint> left = [.. PointsOf("Checkpoint"), FaultPoint.SnapshotKeep];
        foreach (FaultPoint point in left.ToArray())
        {
            foreach (Func<Trial, string, Task> operation in operations)
            {
                await using Trial trial = await BeginAsync();
                string image = _ecus.NewImage();

                if (!await DiesAtAsync(point, trial, () => operation(trial, image)))
                    continue;

                left.Remove(point);
                if (Directory.Exists(image))
                    ImageFiles.Verify(image);
            }
        }

        Assert.Empty(left);
    }

    [Theory]
    [InlineData(FaultPoint.RestoreCheckMachine)]
    [InlineData(FaultPoint.RestoreCheckFiles)]
    [InlineData(FaultPoint.RollbackEnd)]
    public async Task At_a_step_of_a_roll_back_likewise_and_the_next_one_makes_it_of_the_snapshot(FaultPoint point)
    {
        await using Trial trial = await BeginAsync();
        await Node.SnapshotAsync(Name);

        Assert.True(await DiesAtAsync(point, trial, () => Node.RollBackAsync(new RollbackRequest(Name), Ecus.Soon)));

        RollbackReport report = await Node.RollBackAsync(new RollbackRequest(Name), Ecus.Soon);
        await Node.WaitForLineAsync(Name, line => line.StartsWith("round", StringComparison.Ordinal), report.LogSequence);
    }

    private static IEnumerable<FaultPoint> PointsOf(string operation) =>
        Enum.GetValues<FaultPoint>().Where(point => point.ToString().StartsWith(operation, StringComparison.Ordinal));

    private async Task<Trial> BeginAsync()
    {
        await Node.RunAsync(new RunRequest { Program = Programs.Ledger, Arguments = ["100", "20", "1"] }, Ecus.Soon);
        await Node.WaitForLineAsync(Name, line => line.StartsWith("round", StringComparison.Ordinal));
        string first = _ecus.NewImage();
        await Node.CheckpointAsync(new CheckpointRequest(Name, first, LeaveRunning: true) { PreCopy = true }, Ecus.Soon);
        int process = (await Node.ListAsync(Ecus.Soon)).Single(component => component.Name == Name).ProcessId;
        return new Trial(Node, first, process);
    }

    /// <summary>False if the step is never come to. The operation may be over before the component's end matters to it.</summary>
    private async Task<bool> DiesAtAsync(FaultPoint point, Trial trial, Func<Task> operation)
    {
        bool died = false;
        _faults.Arm(point, () =>
        {
            using (Process process = Process.GetProcessById(trial.ProcessId))
                process.Kill();
            while (!IsDead(trial.ProcessId))
                Thread.Yield();
            died = true;
        });
        Exception? failure = await Record.ExceptionAsync(operation);
        _faults.Disarm();
        if (failure is not null)
            Assert.True(died && failure is NodeOperationException { Code: NodeErrorCode.ComponentEnded }, $"{point}: {failure}");
        return died;
    }

    private static bool IsDead(int process)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{process}/stat");
            return status[status.LastIndexOf(')') + 2] is 'Z' or 'X';
        }
        catch (IOException)
        {
            return true;
        }
    }

    private sealed class Trial(INodeOperations node, string first, int processId) : IAsyncDisposable
    {
        public string First => first;

        public int ProcessId => processId;

        public async ValueTask DisposeAsync()
        {
            // It may have ended, or be another one by now.
            await Record.ExceptionAsync(() => node.StopAsync(Name, Ecus.Soon));
            foreach (SnapshotInfo kept in await node.ListSnapshotsAsync(Ecus.Soon))
                await node.DropSnapshotAsync(kept.Name, Ecus.Soon);
            Directory.Delete(first, recursive: true);
        }
    }
}
