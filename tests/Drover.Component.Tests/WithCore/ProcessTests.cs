using Drover.Linux;
using Drover.Platform;

namespace Drover.Component.Tests.WithCore;

[Trait("Category", "Process")]
public sealed class ProcessTests : IDisposable
{
    private readonly LinuxProcessPlatform _platform = new();
    private readonly Core.Kernel _kernel = new(new());
    private readonly InProcessParent _parent;

    public ProcessTests() => _parent = new(_kernel);

    public void Dispose() => _platform.Dispose();

    [Fact]
    public void A_shepherd_calls_a_sheep_counter()
    {
        using ProcessComponent counter = new(_kernel, _platform, _parent, "SheepCounter", "20");
        counter.WaitForText("sheep 3\n");
        using ProcessComponent shepherd = new(_kernel, _platform, _parent, "Shepherd", "500");
        ProcessExit exit = shepherd.WaitForExit();
        Assert.StartsWith("shepherd: 500 calls answered, 0 failed, last count ", shepherd.Text, StringComparison.Ordinal);
        Assert.Equal(new(0, 0), exit);
        string[] lines = counter.Text.Split('\n');
        Assert.Equal("sheep counter constructed", lines[0]);
        for (int i = 1; i < lines.Length - 1; i++)
            Assert.Equal($"sheep {i}", lines[i]);
    }

    [Fact]
    public void Each_call_is_done_once_however_often_client_and_server_are_interrupted()
    {
        using ProcessComponent server = new(_kernel, _platform, _parent, "Tally", "serve");
        server.WaitForText("serving\n");
        using ProcessComponent client = new(_kernel, _platform, _parent, "Tally", "call", "10000");
        client.WaitForText("calling\n");
        int interruptions = 0;
        while (client.Interrupt() && server.Interrupt())
            interruptions++;
        Assert.Equal(new(0, 0), client.WaitForExit());
        Assert.Equal("calling\nclient 10000, server 10000\nowners: client True, server True\n", client.Text);
        Assert.True(interruptions > 20, $"{interruptions} interruptions");
        Assert.False(server.HasEnded, server.Text);
    }

    [Fact]
    public void A_shepherd_without_sheep_says_what_is_missing()
    {
        using ProcessComponent shepherd = new(_kernel, _platform, _parent, "Shepherd");
        Assert.Equal(new(2, 0), shepherd.WaitForExit());
        Assert.Equal("shepherd: no session to the service 'Sheep' (NoSuchService); start SheepCounter first\n", shepherd.Text);
    }
}
