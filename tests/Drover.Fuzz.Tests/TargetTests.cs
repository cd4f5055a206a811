using Drover.Fuzz.Images;
using Drover.Fuzz.Running;
using Drover.Fuzz.Tables;
using Drover.Fuzz.Utcb;

namespace Drover.Fuzz.Tests;

/// <summary>The first cases of each target, always the same ones: cases that were findings once are among those named below.</summary>
public sealed class TargetTests
{
    private const ulong FirstSeed = 1;

    [Fact]
    public void Tables_are_judged_as_the_rules_say() => Run(new TablesTarget(), cases: 200);

    [Fact]
    public void Images_are_restored_or_refused() => Run(new ImagesTarget(), cases: 300);

    [Fact]
    public void Chains_of_images_are_restored_or_refused() => Run(new ChainsTarget(), cases: 200);

    [Fact]
    public void Images_of_groups_are_restored_or_refused() => Run(new GroupsTarget(), cases: 200);

    [Fact]
    public void Hostile_components_leave_core_whole()
    {
        using UtcbTarget target = new();
        for (ulong seed = FirstSeed; seed < FirstSeed + 100; seed++)
            Assert.Equal("accepted", target.RunCase(new Chance(seed)));
    }

    private static void Run(IFuzzTarget target, ulong cases)
    {
        using (target)
        {
            HashSet<string> outcomes = [];
            for (ulong seed = FirstSeed; seed < FirstSeed + cases; seed++)
                outcomes.Add(target.RunCase(new Chance(seed)));
            Assert.Contains("accepted", outcomes);
            Assert.Contains(outcomes, outcome => outcome.StartsWith("refused", StringComparison.Ordinal));
        }
    }
}
