using Drover.Linux.Personality;
using Drover.Platform;
using Xunit;

namespace Drover.Linux.Tests.Processes;

[Trait("Category", "Process")]
public sealed class RebuildTests
{
    private readonly ConsoleLines _console = new();

    private static int AliveNumber(string line) =>
        line.StartsWith("alive ", StringComparison.Ordinal) ? int.Parse(line["alive ".Length..]) : -1;

    [Fact]
    public async Task A_dotnet_program_goes_on_after_each_of_20_moves()
    {
        using LinuxPersonality personality = Programs.Personality(_console);
        using LinuxProcessPlatform platform = new();
        IComponentProcess process = platform.Launch(Programs.Request(Programs.Lively), personality);
        try
        {
            process.Start();
            await _console.WaitFor(line => AliveNumber(line) > 0);
            for (int cycle = 0; cycle < 20; cycle++)
            {
                RecordedProcess recorded = RecordedProcess.Of(process);
                process.Dispose();
                int from = _console.Count;
                int before = _console.Lines.Max(AliveNumber);
                process = platform.Rebuild(recorded.Request(), personality);
                process.Start();
                string line = await _console.WaitFor(line => AliveNumber(line) > 0, from);
                Assert.True(AliveNumber(line) <= before + 1, "it began anew");
                await _console.WaitFor(next => AliveNumber(next) > before + 2, from);
            }
        }
        finally
        {
            process.Dispose();
        }
        Assert.DoesNotContain("fault", _console.Text, StringComparison.Ordinal);
    }
}
