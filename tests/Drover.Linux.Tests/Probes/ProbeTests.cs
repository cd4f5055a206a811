using Drover.Linux.Native;
using Drover.Linux.Probes;
using Xunit;

namespace Drover.Linux.Tests.Probes;

public sealed class ProbeTests
{
    private const int ErrnoBadDescriptor = 9;

    [Fact]
    public void A_program_whose_calls_succeed_ends_with_zero() =>
        Assert.Equal(0, new ProbeProgram().Call(SystemCall.GetThreadId).Exit().Run());

    [Fact]
    public void A_program_ends_with_the_errno_of_the_call_that_failed() => Assert.Equal(
        ErrnoBadDescriptor,
        new ProbeProgram().Call(SystemCall.GetThreadId).Call(SystemCall.Close, 4242).Exit().Run());

    [Fact]
    public void A_program_ends_with_the_errno_of_its_child() => Assert.Equal(
        ErrnoBadDescriptor,
        new ProbeProgram()
            .Child(
                new CloneArguments { ExitSignal = Signals.Child },
                child => child.Call(SystemCall.Close, 4242))
            .Exit()
            .Run());

    [Fact]
    public void Every_feature_is_tried_once_and_one_that_fails_says_why()
    {
        IReadOnlyList<ProbeResult> results = MachineProbes.RunAll();
        Assert.Equal(Enum.GetValues<MachineFeature>(), results.Select(result => result.Feature).Order());
        Assert.All(results.Where(result => !result.Works), result => Assert.NotEmpty(result.Detail));
    }
}
