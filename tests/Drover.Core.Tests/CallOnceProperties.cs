using Drover.Contracts.Abi;
using Drover.Core.Tests.Fakes;
using FsCheck;
using FsCheck.Fluent;

namespace Drover.Core.Tests;

/// <summary>
/// Clients and a server count; threads run one step at a time in an order drawn at random, and are interrupted at
/// random, before or after an answer was sent. However it goes, both sides have counted the same.
/// </summary>
public sealed class CallOnceProperties
{
    private const int Clients = 3;

    [Fact]
    public void Client_and_server_counts_agree_however_calls_are_interrupted() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(400),
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), CountsAgree));

    [Fact]
    public void Client_and_server_counts_agree_across_checkpoints_that_leave_the_domains_running() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(400),
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), steps => CountsAgree([.. steps.Select(step => (byte)(step | (step % 5 == 0 ? 0x80 : 0)))])));

    private static bool CountsAgree(byte[] steps)
    {
        var world = new World();
        FakeDomain server = world.Domain("server");
        FakeDomain client = world.Domain("client");
        uint selector = client.Hold(server.Gate(1));
        var servers = new[] { new Serving(server.Thread()), new Serving(server.Thread()) };
        Calling[] clients = [.. Enumerable.Range(0, Clients).Select(_ => new Calling(client.Thread(), selector))];
        IRunnable[] all = [.. servers, .. clients];
        foreach (byte step in steps)
        {
            if ((step & 0x80) != 0)
                Checkpoint(step % 2 == 0 ? server : client, all);
            IRunnable running = all[step % all.Length];
            if ((step & 0x40) != 0)
                running.Interrupt();
            else
                running.Step();
        }

        // Everybody gets to the end of what was begun.
        for (int round = 0; round < 20; round++)
        {
            foreach (Calling calling in clients)
                calling.Finish();
            foreach (Serving serving in servers)
                serving.Step();
        }

        return clients.All(calling => !calling.IsInCall)
            && clients.Sum(calling => calling.Count) == servers.Sum(serving => serving.Count)
            && world.Faults.Count == 0;
    }

    /// <summary>All threads of the domain are interrupted, the domain stands still and goes on, and the threads issue
    /// their calls again. No thread of it runs meanwhile.</summary>
    private static void Checkpoint(FakeDomain domain, IRunnable[] all)
    {
        IRunnable[] own = [.. all.Where(each => ReferenceEquals(each.Thread.Port, domain.Port))];
        foreach (IRunnable each in own)
            each.Leave();
        domain.Domain.FinishServing(TimeSpan.FromSeconds(30));
        foreach (IRunnable each in all.Except(own))
            each.Step();
        _ = domain.Domain.Describe();
        domain.Domain.GoOn();
        foreach (IRunnable each in own)
            each.Interrupt();
    }

    private interface IRunnable
    {
        FakeThread Thread { get; }

        bool IsInCall { get; }

        void Step();

        void Leave()
        {
            if (IsInCall)
                Thread.Port.Interrupt(Thread.CallId);
        }

        void Interrupt()
        {
            if (IsInCall)
                Thread.Reissue();
        }
    }

    private sealed class Calling(FakeThread thread, uint selector) : IRunnable
    {
        public FakeThread Thread => thread;

        public bool IsInCall { get; private set; }

        /// <summary>Calls that were answered. Each reply has to be the one to this very call.</summary>
        public int Count { get; private set; }

        public void Step()
        {
            if (IsInCall)
            {
                Finish();
                return;
            }

            IsInCall = true;
            thread.Call(selector, ((ulong)thread.HostThreadId << 32) | (uint)Count);
        }

        public void Finish()
        {
            if (!IsInCall || thread.Answer is not { } answer)
                return;
            Assert.Equal(CallStatus.Ok, answer.Status);
            Assert.Equal((((ulong)thread.HostThreadId << 32) | (uint)Count) + 1, thread.Word);
            Count++;
            IsInCall = false;
        }
    }

    private sealed class Serving(FakeThread thread) : IRunnable
    {
        private bool _isWaiting;

        public FakeThread Thread => thread;

        public bool IsInCall => _isWaiting;

        public int Count { get; private set; }

        public void Step()
        {
            if (!_isWaiting)
            {
                _isWaiting = true;
                thread.Wait();
            }
            else if (thread.Answer is not null)
            {
                Count++;
                thread.ReplyAndWait(thread.Word + 1);
            }
        }
    }
}
