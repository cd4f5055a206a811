using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Drover.Component;
using Drover.Component.Capabilities;
using Drover.Component.Rpc;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Meter;

/// <summary>Many RPC objects, each with its capability.</summary>
internal static unsafe class Herd
{
    private const int Lookups = 100_000;

    public static List<Capability<IAdder>> Make(Env env, int count)
    {
        Entrypoint served = env.CreateEntrypoint(new("herd"));
        List<Capability<IAdder>> herd = new(count);
        for (int i = 0; i < count; i++)
            herd.Add(served.Manage<IAdder>(new Adder()));
        return herd;
    }

    /// <summary>Says once in a while that it is there, and calls one object each time.</summary>
    public static void Live(List<Capability<IAdder>> herd)
    {
        Random random = new(1);
        for (ulong round = 1; ; round++)
        {
            IAdder one = herd[random.Next(herd.Count)].Client;
            ulong before = one.Add(0);
            if (one.Add(round) != before + round)
                throw new InvalidOperationException("an object lost its sum");
            Console.WriteLine($"herd {round}");
            Thread.Sleep(20);
        }
    }

    /// <summary>What a server does to find the object that a request is for, in an order that no cache expects.</summary>
    public static void ReportLookups(Env env, int count)
    {
        List<Capability<IAdder>> herd = Make(env, count);
        ObjectPool pool = PoolOf(env);
        byte* tables = TablesOf(pool);
        (uint Label, ulong Badge)[] requests = new (uint, ulong)[Lookups];
        Random random = new(1);
        for (int i = 0; i < requests.Length; i++)
        {
            uint label = (uint)random.Next(count);
            requests[i] = (label, *(ulong*)(tables + TableLayout.PoolOffset + ((long)label * TableLayout.EntryBytes) + TableLayout.EntryBadgeOffset));
        }

        Batches.Report($"lookup-{count.ToString(CultureInfo.InvariantCulture)}", () =>
        {
            int found = 0;
            long start = Stopwatch.GetTimestamp();
            foreach ((uint label, ulong badge) in requests)
            {
                ulong asked = badge;
                if (pool.Find(label, &asked) is not null)
                    found++;
            }

            double each = Stopwatch.GetElapsedTime(start).TotalNanoseconds / requests.Length;
            return found == requests.Length ? each : throw new InvalidOperationException($"{found} of {requests.Length} objects were found");
        });
        GC.KeepAlive(herd);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_pool")]
    private static extern ref ObjectPool PoolField(Env env);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_tables")]
    private static extern ref byte* TablesField(ObjectPool pool);

    private static ObjectPool PoolOf(Env env) => PoolField(env);

    private static byte* TablesOf(ObjectPool pool) => TablesField(pool);
}
