using System.Diagnostics;
using System.Globalization;
using Drover.Component;
using Drover.Component.Sessions;

namespace Meter;

/// <summary>How long a call takes on average when several threads call an entrypoint at the same time.</summary>
internal static class Throughput
{
    public static readonly int[] ServingThreads = [1, 2, 4];
    private const int CallingThreads = 4;
    private const int CallsOfEach = 50;
    private const int WarmUp = 5;
    private const int Measured = 21;
    private const uint Steps = 200_000;

    public static string ServiceName(int threads) => $"Worker {threads.ToString(CultureInfo.InvariantCulture)}";

    public static void ReportAll(Env env)
    {
        foreach (int threads in ServingThreads)
        {
            using Session<IWorker> session = env.OpenSession<IWorker>(ServiceName(threads));
            for (int i = 0; i < WarmUp; i++)
                MeanNanoseconds(session.Client);
            string[] results = [.. Enumerable.Range(0, Measured).Select(_ => MeanNanoseconds(session.Client).ToString("F1", CultureInfo.InvariantCulture))];
            Console.WriteLine($"measured serving-{threads.ToString(CultureInfo.InvariantCulture)} {string.Join(' ', results)}");
        }
    }

    private static double MeanNanoseconds(IWorker worker)
    {
        using Barrier started = new(CallingThreads + 1);
        Thread[] callers = [.. Enumerable.Range(0, CallingThreads).Select(_ => new Thread(Call))];
        foreach (Thread caller in callers)
            caller.Start();
        started.SignalAndWait();
        long start = Stopwatch.GetTimestamp();
        foreach (Thread caller in callers)
            caller.Join();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / (CallingThreads * CallsOfEach);

        void Call()
        {
            worker.Work(1); // makes the thread known to core
            started.SignalAndWait();
            for (int i = 0; i < CallsOfEach; i++)
                worker.Work(Steps);
        }
    }
}
