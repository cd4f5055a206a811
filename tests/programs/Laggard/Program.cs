using System.Globalization;
using Drover.Component;
using Laggard;

// A component with much memory, which knows what has to be on each page of it. Whenever it finds that it was restored, it does
// something to that memory at once, looks at every page, and says so: `look`, `rearrange`, or `crowd`, which has several
// threads look and rearrange at the same time. `churn` looks, while other threads drop the same pages all the time.
// `end` ends instead, with status 7. `stray` first makes calls that the node answers with addresses where there is nothing.
// `speak` instead makes calls that the node answers, with arguments and room for answers all over its memory.
return args is [var mebibytes, var what]
    ? Component.Run(_ => Live(int.Parse(mebibytes, CultureInfo.InvariantCulture), what))
    : 64;

static int Live(int mebibytes, string what)
{
    if (what == "speak")
        return Speak(new Speech(mebibytes));
    Field[] fields = [.. Enumerable.Range(0, what == "crowd" ? 4 : 1).Select(i => new Field(mebibytes / (what == "crowd" ? 4 : 1), i))];
    RestoreWatch watch = new();
    if (what == "churn")
        fields[0].DropForEver(threads: 3);
    Console.WriteLine("ready");
    for (int round = 1; ; round++)
    {
        watch.WaitForRestore();
        if (what == "end")
            return 7;
        if (what == "stray")
            Stray.Call();
        Parallel.ForEach(fields, new ParallelOptions { MaxDegreeOfParallelism = fields.Length }, field =>
        {
            if (what is not ("look" or "churn" or "stray"))
                field.Rearrange();
            field.CheckAll();
        });
        Console.WriteLine($"round {round}: {fields.Sum(field => field.PageCount)} pages as they should be");
    }
}

static int Speak(Speech speech)
{
    RestoreWatch watch = new();
    Console.WriteLine("ready");
    for (int round = 1; ; round++)
    {
        watch.WaitForRestore();
        int lines = speech.Say();
        Console.WriteLine($"round {round}: {lines} lines said");
    }
}
