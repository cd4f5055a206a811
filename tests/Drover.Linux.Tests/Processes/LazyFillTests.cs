using Drover.Linux.Personality;
using Drover.Platform;
using Xunit;

namespace Drover.Linux.Tests.Processes;

/// <summary>What others ask of memory that is still to come.</summary>
[Collection(AloneCollection.Name)]
[Trait("Category", "Process")]
public sealed class LazyFillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConsoleLines _console = new();

    [LazyFact]
    public async Task Content_is_kept_until_the_last_who_reads_of_it_is_done()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        (RebuildRequest request, PatternPages pages) = await PatternPages.OfLively(platform, personality, _console);
        GatedPages gated = new(pages);
        using IComponentProcess process = platform.Rebuild(request with { Pages = gated, HoldPages = () => gated }, personality);
        gated.Close();
        process.Start();
        ulong wanted = pages.Added[0].End - 4096;
        byte[] found = new byte[4096];
        Task<bool> reading = Task.Factory.StartNew(
            () =>
            {
                gated.KeepCaller();
                return process.Port.TryRead(wanted, found);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(gated.CallerReads.Wait(Patience));

        gated.Open();
        Assert.True(SpinWait.SpinUntil(() => !Fillers().Any(), Patience), "the filling does not end");
        bool isGivenBack = gated.IsGivenBack;
        gated.LetCallerGo();

        Assert.False(isGivenBack);
        Assert.True(await reading.WaitAsync(Patience));
        byte[] expected = new byte[found.Length];
        PatternPages.Make(wanted, expected);
        Assert.Equal(expected, found);
        Assert.True(SpinWait.SpinUntil(() => gated.IsGivenBack, Patience), "the content is kept for ever");
        int from = _console.Count;
        await _console.WaitFor(line => line.StartsWith("alive", StringComparison.Ordinal), from);
    }

    /// <summary>The threads of this process that fill memory.</summary>
    private static IEnumerable<string> Fillers() => Directory.GetDirectories("/proc/self/task").Where(task =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith("lazy pages", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // it has just ended
        }
    });
}
