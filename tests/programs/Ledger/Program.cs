using System.Globalization;
using Drover.Component;
using Drover.Component.Memory;
using Ledger;

// Keeps books in private memory and in a dataspace, a page an account: `Ledger PAGES BOOKINGS PAUSE` books so many times on random
// accounts, pauses for so many milliseconds, and goes on; it says each round what the books add up to, after adding them up.
return args is [string pages, string bookings, string pause]
    ? Component.Run(env => Keep(env, Number(pages), Number(bookings), Number(pause)))
    : 64;

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static unsafe int Keep(Env env, int pages, int bookings, int pause)
{
    using Dataspace dataspace = env.Allocate((ulong)pages * Books.PageBytes);
    using Attachment attachment = dataspace.Attach();
    Books own = new(Books.Allocate(pages), pages);
    Books shared = new((byte*)attachment.Address, pages);
    Random random = new(1);
    for (int page = 0; page < pages; page++)
    {
        // Pages of zeros would be in no image.
        own.Book(page, random.NextInt64());
        shared.Book(page, random.NextInt64());
    }

    for (long round = 1; ; round++)
    {
        for (int i = 0; i < bookings; i++)
        {
            own.Book(random.Next(pages), random.NextInt64());
            shared.Book(random.Next(pages), random.NextInt64());
        }

        if ((own.Fault() ?? shared.Fault()) is { } fault)
        {
            Console.WriteLine($"fault in round {round}: {fault}");
            return 1;
        }

        Console.WriteLine($"round {round} adds up to {own.Total:x16} and {shared.Total:x16}");
        Thread.Sleep(pause);
    }
}
