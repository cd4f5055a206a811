using System.Globalization;
using Drover.Node.Operations;

namespace Drover.Scenarios;

/// <summary>A call allocates nothing in the components at either end of it.</summary>
public sealed class CallsAllocateNothing
{
    private const int Calls = 10_000;

    [Fact]
    public async Task Neither_the_calling_nor_the_serving_thread_allocates_and_of_two_that_wait_the_same_serves_each_call()
    {
        await using Ecus ecus = new();
        await ecus.A.RunAsync(new RunRequest { Program = Programs.Tally, Name = "server", Arguments = ["serve"] }, Ecus.Soon);
        await ecus.A.WaitForLineAsync("server", line => line == "serving");

        IReadOnlyList<string> lines = await ecus.A.RunToEndAsync(Programs.Tally, "spend", $"{Calls}");

        Assert.Equal("one thread served: True", lines[0]);
        string[] words = lines[1].Split(' ');
        // The runtime may enlarge something of its own once in a while. An object for each call would be ten times as much.
        Assert.InRange(long.Parse(words[1], CultureInfo.InvariantCulture), 0, Calls);
        Assert.InRange(long.Parse(words[3], CultureInfo.InvariantCulture), 0, Calls);
    }
}
