using System.Diagnostics;
namespace Drover.Platform;
/// <summary>x</summary>
public static class Stamp
{
    private static readonly List<(string, long)> s_all = [];
    /// <summary>x</summary>
    public static void At(string name) { lock (s_all) s_all.Add((name, Stopwatch.GetTimestamp())); }
    /// <summary>x</summary>
    public static void Print()
    {
        lock (s_all)
        {
            System.Text.StringBuilder b = new("STAMP");
            for (int i = 1; i < s_all.Count; i++)
                b.Append($" {s_all[i].Item1}={(s_all[i].Item2 - s_all[i - 1].Item2) / 1000}");
            b.Append($" gc={GC.CollectionCount(0)}/{GC.CollectionCount(1)}/{GC.CollectionCount(2)}");
            Console.Error.WriteLine(b);
            s_all.Clear();
        }
    }
}
