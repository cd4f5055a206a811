using Drover.Component;
using Flock;

if (!Order.TryParse(args, out Order? order))
{
    Console.Error.WriteLine(Order.Usage);
    return 64;
}

if (!order.IsOutside)
    return Component.Run(env => Follow(order, env));
return Follow(order, null);

static int Follow(Order order, Env? env)
{
    using PageMemory memory = order.Kind == MemoryKind.Dataspace ? PageMemory.InDataspace(env!, order.Bytes) : PageMemory.Private(order.Bytes);
    memory.Touch();
    Dirtying dirtying = new(memory, order.Percent, order.Every);
    Console.WriteLine($"flock of {memory.Pages} pages ready");
    if (order.IsBusy)
        Work.Forever(dirtying);
    else
        Rounds.Forever(dirtying);
    return 0;
}
