using Drover.Component;
using Drover.Contracts.Abi;

namespace Examiner;

/// <summary>Writes into this component's own relocatable tables what no base library would.</summary>
internal static unsafe class Damage
{
    /// <param name="table">"header", "map" or "pool".</param>
    /// <param name="index">Entry, 0 for the header.</param>
    /// <param name="offset">Byte offset of a 32-bit word in it.</param>
    public static void Table(Env env, string table, uint index, uint offset, uint value)
    {
        byte* tables = (byte*)AddressOfTables();
        byte* entry = table switch
        {
            "map" => tables + TableLayout.MapOffset + (index * (long)TableLayout.EntryBytes),
            "pool" => tables + TableLayout.PoolOffset + (index * (long)TableLayout.EntryBytes),
            _ => tables,
        };
        *(uint*)(entry + offset) = value;
        Console.WriteLine("damaged");
        GC.KeepAlive(env);
    }

    private static ulong AddressOfTables()
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            if (line.Contains("capability-space", StringComparison.Ordinal))
                return Convert.ToUInt64(line[..line.IndexOf('-', StringComparison.Ordinal)], 16);
        }

        throw new InvalidOperationException("no tables are mapped");
    }
}
