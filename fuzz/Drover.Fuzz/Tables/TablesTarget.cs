using Drover.Contracts.Abi;
using Drover.Fuzz.Running;
using Drover.Linux.Memory;
using Drover.Monitor.Tables;

namespace Drover.Fuzz.Tables;

/// <summary>
/// The relocatable tables as enemy data: the monitor accepts exactly what the ABI allows, refuses all else by
/// <see cref="TableFormatException"/>, writes badges and the epoch and nothing besides, and writes nothing if it refuses.
/// </summary>
internal sealed class TablesTarget : IFuzzTarget
{
    private const int PageBytes = 4096;

    public string Name => "tables";

    public string Detail { get; private set; } = "";

    public string RunCase(Chance chance)
    {
        using HostileTables tables = new(chance);
        if (chance.OneIn(8))
            return RunWhileWritten(tables, chance);
        SortedDictionary<int, byte[]> before = tables.Pages();
        TableCopy copy = TableCopy.Take(tables.Memory);
        return Judge(tables, copy, before);
    }

    public void Dispose()
    {
    }

    /// <summary>The copy is made while another thread writes: whatever was copied is judged, nothing else.</summary>
    private string RunWhileWritten(HostileTables tables, Chance chance)
    {
        Chance writersChance = new(chance.Word());
        bool legally = chance.OneIn(2);
        bool isDone = false;
        Thread writer = new(() =>
        {
            while (!Volatile.Read(ref isDone))
                tables.Scribble(writersChance, legally);
        });
        writer.Start();
        try
        {
            TableCopy copy = TableCopy.Take(tables.Memory);
            return $"{Judge(tables, copy, PagesOf(copy))} while written";
        }
        finally
        {
            Volatile.Write(ref isDone, true);
            writer.Join();
        }
    }

    private string Judge(HostileTables tables, TableCopy copy, SortedDictionary<int, byte[]> before)
    {
        TableOracle oracle = new(before, tables.Held, tables.Gates);
        Expect(before, copy, "the copy is not what was in the memory");
        View(oracle, copy);
        try
        {
            TableRelocation.Relocate(copy, tables.Held, tables.Gates);
        }
        catch (TableFormatException refusal)
        {
            Detail = refusal.Message;
            FindingException.Unless(!oracle.Accepts(), $"refused what the ABI allows: {refusal.Where}");
            FindingException.Unless(refusal.Where.Length > 0, "the refusal names no entry");
            Expect(before, copy, "tables that were refused were written to");
            return "refused";
        }

        FindingException.Unless(oracle.Accepts(), "accepted what the ABI does not allow");
        Expect(oracle.Relocated(), copy, "relocation wrote something else than badges and the epoch");
        Install(copy);
        return "accepted";
    }

    /// <summary>For people: as hostile, and nothing may be thrown.</summary>
    private static void View(TableOracle oracle, TableCopy copy)
    {
        TableView view = TableView.Of(copy);
        FindingException.Unless(view.Map.Select(entry => entry.Selector).SequenceEqual(oracle.ValidSelectors()), "the view shows other selectors");
        FindingException.Unless(view.Pool.Select(entry => entry.Label).SequenceEqual(oracle.ValidLabels()), "the view shows other labels");
    }

    private static void Install(TableCopy copy)
    {
        using SharedMemory target = SharedMemory.Create("fuzzed-target", (ulong)TableLayout.TotalBytes);
        copy.WriteTo(target);
        Expect(PagesOf(TableCopy.Take(target)), copy, "what was installed is not what was relocated");
    }

    private static void Expect(SortedDictionary<int, byte[]> expected, TableCopy copy, string otherwise)
    {
        FindingException.Unless(copy.PopulatedPages.SequenceEqual(expected.Keys), $"{otherwise}: other pages");
        foreach ((int number, byte[] page) in expected)
        {
            for (int at = 0; at < PageBytes; at += sizeof(ulong))
            {
                long offset = ((long)number * PageBytes) + at;
                FindingException.Unless(copy.ReadUInt64(offset) == BitConverter.ToUInt64(page, at), $"{otherwise}: other words");
            }
        }
    }

    private static SortedDictionary<int, byte[]> PagesOf(TableCopy copy)
    {
        SortedDictionary<int, byte[]> pages = [];
        foreach (int number in copy.PopulatedPages)
        {
            byte[] page = new byte[PageBytes];
            for (int at = 0; at < PageBytes; at += sizeof(ulong))
                BitConverter.TryWriteBytes(page.AsSpan(at), copy.ReadUInt64(((long)number * PageBytes) + at));
            pages[number] = page;
        }

        return pages;
    }
}
