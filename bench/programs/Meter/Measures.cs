using System.Diagnostics;
using Drover.Component;
using Drover.Component.Sessions;
using Drover.Component.Signals;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Meter;

/// <summary>What is measured from inside a component.</summary>
internal static class Measures
{
    public static void ReportAll(Env env)
    {
        Batches.Report("clock", 2_000, ReadClock);
        Batches.Report("trap", 100, Trap);
        Batches.Report("trap-memory", 100, TrapWithMemory);
        Waits waits = new();
        Batches.Report("poll", 500, waits.PollWithoutTimeout);
        Batches.Report("poll-noted", 100, waits.PollWithTimeout);
        Batches.Report("futex", 1_000, Waits.WakeNobody);
        Batches.Report("futex-unfiltered", 1_000, Waits.WakeNobodyUnfiltered);
        Batches.Report("core", 100, calls => CallCore(env.Pd, calls));
        using Session<IAdder> session = env.OpenSession<IAdder>("Adder");
        Batches.Report("rpc", 50, calls => CallComponent(session.Client, calls));
        using Arrival arrival = new(env);
        Batches.Report("signal", () => arrival.MeanNanoseconds(50));
    }

    private static void ReadClock(int calls)
    {
        for (int i = 0; i < calls; i++)
            Stopwatch.GetTimestamp();
    }

    private static void Trap(int calls)
    {
        for (int i = 0; i < calls; i++)
            Linux.FailToGetWorkingDirectory();
    }

    private static void TrapWithMemory(int calls)
    {
        for (int i = 0; i < calls; i++)
            Linux.GetWorkingDirectory();
    }

    private static void CallCore(Capability<IPdSession> pd, int calls)
    {
        IPdSession client = pd.Client;
        for (int i = 0; i < calls; i++)
            client.CapabilityQuota();
    }

    private static void CallComponent(IAdder adder, int calls)
    {
        ulong before = adder.Add(0);
        for (int i = 0; i < calls; i++)
            adder.Add(1);
        ulong sum = adder.Add(0);
        if (sum - before != (ulong)calls)
            throw new InvalidOperationException($"{calls} calls were served {sum - before} times");
    }

    /// <summary>From before a signal is submitted until its handler, on another thread, has it.</summary>
    private sealed class Arrival : IDisposable
    {
        private readonly SemaphoreSlim _handled = new(0);
        private readonly SignalHandler _handler;
        private long _arrived;

        public Arrival(Env env)
        {
            _handler = env.CreateSignalHandler(_ =>
            {
                _arrived = Stopwatch.GetTimestamp();
                _handled.Release();
            });
        }

        public double MeanNanoseconds(int signals)
        {
            long ticks = 0;
            for (int i = 0; i < signals; i++)
            {
                long submitted = Stopwatch.GetTimestamp();
                _handler.Context.Client.Submit(1);
                _handled.Wait();
                ticks += _arrived - submitted;
            }

            return Stopwatch.GetElapsedTime(0, ticks).TotalNanoseconds / signals;
        }

        public void Dispose()
        {
            _handler.Dispose();
            _handled.Dispose();
        }
    }
}
