using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Tests.Fakes;

namespace Drover.Core.Tests;

/// <summary>The same as with one thread, but with many that really run at a time.</summary>
public sealed class ConcurrencyTests
{
    private const int CallsEach = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Components_and_node_side_code_call_a_server_at_the_same_time_and_each_gets_its_own_replies()
    {
        var world = new World(new KernelOptions { NodeCallPatience = Patience });
        FakeDomain server = world.Domain("server");
        Gate gate = server.Gate(1);
        using var stopping = new CancellationTokenSource();
        Task<int>[] serving = [.. Enumerable.Range(0, 3).Select(_ => Serve(server.Thread(), stopping.Token))];
        List<Task> calling = [];
        for (int i = 0; i < 3; i++)
        {
            FakeDomain client = world.Domain($"client {i}");
            uint selector = client.Hold(gate);
            calling.Add(Task.Run(() => Call(client.Thread(), selector)));
            calling.Add(Task.Run(() => Call(client.Thread(), selector)));
        }

        for (ulong i = 0; i < 2; i++)
        {
            ulong number = i;
            calling.Add(Task.Run(() => CallFromNode(gate, number << 40)));
        }

        await Task.WhenAll(calling).WaitAsync(Patience);
        await stopping.CancelAsync();
        int[] served = await Task.WhenAll(serving).WaitAsync(Patience);
        Assert.Equal(calling.Count * CallsEach, served.Sum());
        Assert.Empty(world.Faults);
    }

    private static async Task<int> Serve(FakeThread thread, CancellationToken stopping)
    {
        int served = 0;
        thread.Wait();
        while (true)
        {
            try
            {
                await thread.Port.WhenAnswered(thread.CallId).WaitAsync(stopping);
            }
            catch (OperationCanceledException)
            {
                return served;
            }

            // Now and then the answer did not arrive.
            if (served % 7 == 0)
                await Again(thread);
            served++;
            thread.ReplyAndWait(thread.Word + 1);
        }
    }

    private static async Task Call(FakeThread thread, uint selector)
    {
        for (ulong i = 0; i < CallsEach; i++)
        {
            ulong word = ((ulong)thread.HostThreadId << 32) | i;
            thread.Call(selector, word);
            if (i % 5 == 0)
                thread.Reissue();
            await thread.Port.WhenAnswered(thread.CallId).WaitAsync(Patience);
            if (i % 3 == 0)
                await Again(thread);
            Assert.Equal((CallStatus.Ok, word + 1), (thread.Answer!.Value.Status, thread.Word));
        }
    }

    private static Task<CallResult> Again(FakeThread thread)
    {
        thread.Reissue();
        return thread.Port.WhenAnswered(thread.CallId).WaitAsync(Patience);
    }

    private static void CallFromNode(Gate gate, ulong first)
    {
        using var capability = new KernelCapability(gate);
        for (ulong i = 0; i < CallsEach; i++)
        {
            MessageBuffer message = capability.BeginCall();
            message.Write(first + i);
            Assert.Equal(CallStatus.Ok, capability.Call(message));
            Assert.Equal(first + i + 1, message.Read<ulong>());
        }
    }
}
