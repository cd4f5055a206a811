using Drover.Linux.Processes;
using Xunit;

namespace Drover.Linux.Tests.Processes;

public sealed class ProcessorSetTests
{
    private static readonly ProcessorSet s_first = ProcessorSet.Of([FirstProcessor]);

    private static int FirstProcessor => Array.FindIndex(Bits(ProcessorSet.OfThisProcess().Mask), isThere => isThere);

    [Fact]
    public void Thread_that_could_run_anywhere_there_can_here() =>
        Assert.Null(s_first.Translate([0x0f], [0x0f, 0]));

    [Fact]
    public void Thread_without_a_recorded_mask_keeps_what_it_starts_with() => Assert.Null(s_first.Translate([], null));

    [Fact]
    public void Missing_processors_are_replaced_and_those_that_are_there_are_kept()
    {
        ProcessorSet here = ProcessorSet.OfThisProcess();
        bool[] kept = Bits(here.Translate(here.Mask, [0xff, 0xff, 0xff])!);
        Assert.Equal(Bits(here.Mask), kept);
        bool[] replaced = Bits(here.Translate([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10], null)!);
        Assert.Equal(1, replaced.Count(isIn => isIn));
        Assert.True(Bits(here.Mask)[Array.IndexOf(replaced, true)]);
    }

    [Fact]
    public void Mask_is_in_whole_words_and_names_no_processor_that_is_not_there()
    {
        byte[] mask = s_first.Translate([0xff, 0xff], [0xff, 0xff, 0xff])!;
        Assert.Equal(0, mask.Length % sizeof(ulong));
        Assert.Equal(s_first.Mask, mask);
        Assert.Throws<ArgumentException>(() => ProcessorSet.Of([100_000]));
    }

    private static bool[] Bits(byte[] mask) => [.. Enumerable.Range(0, mask.Length * 8).Select(bit => (mask[bit / 8] & (1 << (bit % 8))) != 0)];
}
