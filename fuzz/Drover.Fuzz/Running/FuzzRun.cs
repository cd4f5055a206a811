namespace Drover.Fuzz.Running;

/// <summary>Fuzzes the targets that are asked for, side by side, and says what came of it.</summary>
internal sealed class FuzzRun(FuzzOptions options)
{
    /// <summary>The exit status: 0 only if nothing was found.</summary>
    public int Run(IReadOnlyDictionary<string, Func<IFuzzTarget>> targets)
    {
        List<TargetRun> runs =
        [
            .. targets.Where(target => options.Target is FuzzOptions.All || options.Target == target.Key)
                .Select(target => new TargetRun(target.Value(), options)),
        ];
        List<Thread> threads = [.. runs.Select(run => new Thread(run.Run) { Name = $"fuzz {run.Name}" })];
        using Timer watchdog = new(_ => runs.ForEach(run => run.CheckProgress()), null, TargetRun.CasePatience, TimeSpan.FromSeconds(1));
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        runs.ForEach(run => run.Report());
        return runs.All(run => run.IsClean) ? 0 : 1;
    }
}
