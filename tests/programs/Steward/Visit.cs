using Drover.Component;
using Drover.Component.Sessions;
using Drover.Contracts.Rpc;

namespace Steward;

/// <summary>Calls the objects of <see cref="Many"/>.</summary>
internal static class Visit
{
    public static int Each(Env env, uint count)
    {
        using Session<IMany> many = env.OpenSession<IMany>("Many");
        uint right = 0;
        for (uint i = 0; i < count; i++)
        {
            using Capability<INumbered> fetched = many.Client.Fetch(i);
            right += fetched.Client.Number() == i ? 1u : 0;
        }

        Console.WriteLine($"reached {right} of {count}");
        Show(many.Client.Counts());
        return 0;
    }

    public static int Dissolve(Env env, uint number)
    {
        using Session<IMany> many = env.OpenSession<IMany>("Many");
        using Capability<INumbered> held = many.Client.Fetch(number);
        using Capability<INumbered> neighbour = many.Client.Fetch(number + 1);
        Console.WriteLine($"before: {held.Client.Number()}");
        Console.WriteLine($"dissolved: {many.Client.Dissolve(number)}, again: {many.Client.Dissolve(number)}");
        Console.WriteLine($"after: {Call(held)}, neighbour: {neighbour.Client.Number()}");
        Show(many.Client.Counts());
        many.Client.Replace(number, 4711);
        using Capability<INumbered> replaced = many.Client.Fetch(number);
        Console.WriteLine($"replaced: {replaced.Client.Number()}, the old one: {Call(held)}");
        Show(many.Client.Counts());
        return 0;
    }

    public static string Call(Capability<INumbered> capability)
    {
        try
        {
            return $"{capability.Client.Number()}";
        }
        catch (RpcException failure)
        {
            return $"{failure.Status}";
        }
    }

    private static void Show(Counts counts) =>
        Console.WriteLine($"objects {counts.Objects}, owners equal {counts.RecordedOwners == counts.OpenOwners}");
}
