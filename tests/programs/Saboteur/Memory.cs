using Drover.Component;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;

namespace Saboteur;

/// <summary>Writes where the base library and core write, all the time.</summary>
internal static unsafe class Memory
{
    /// <summary>Breaks the tables and mends them again, so that some looks find them whole.</summary>
    public static void RewriteTables()
    {
        uint* tables = (uint*)AddressOfTables();
        Random random = new(1);
        while (true)
        {
            uint* word = tables + random.Next(8) switch
            {
                0 => random.Next(16),
                1 or 2 => (int)(TableLayout.PoolOffset / sizeof(uint)) + random.Next(1024),
                _ => (int)(TableLayout.MapOffset / sizeof(uint)) + random.Next(1024),
            };
            uint kept = *word;
            *word = (uint)random.Next();
            Thread.SpinWait(random.Next(1000));
            *word = kept;
            Thread.SpinWait(random.Next(5000));
        }
    }

    /// <summary>One thread writes over all UTCBs while another makes calls through its own.</summary>
    public static void ScribbleOverUtcbs(Env env)
    {
        new Thread(() =>
        {
            while (true)
                TryCall(env);
        }).Start();
        Random random = new(1);
        while (true)
            *(uint*)(UtcbLayout.AreaAddress + ((ulong)random.Next(8 * UtcbLayout.SlotBytes) & ~3UL)) = (uint)random.Next(64);
    }

    private static void TryCall(Env env)
    {
        try
        {
            env.Pd.Client.RamQuota();
        }
        catch (RpcException)
        {
            // What was sent was nonsense by then.
        }
    }

    private static ulong AddressOfTables()
    {
        string line = File.ReadLines("/proc/self/maps").First(line => line.Contains("capability-space", StringComparison.Ordinal));
        return Convert.ToUInt64(line[..line.IndexOf('-', StringComparison.Ordinal)], 16);
    }
}
