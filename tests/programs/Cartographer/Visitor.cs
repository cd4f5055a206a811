using Drover.Component;
using Drover.Component.Memory;
using Drover.Component.Sessions;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Cartographer;

/// <summary>Another component that looks at the atlas's memory.</summary>
internal static class Visitor
{
    private const ulong Page = 4096;

    /// <summary>Sees what comes and goes in a map that another domain owns.</summary>
    public static int Visit(Env env)
    {
        using Session<IAtlas> session = env.OpenSession<IAtlas>("Atlas");
        using Capability<IDataspace> capability = session.Client.Outer();
        using Dataspace outer = env.OpenDataspace(capability);
        using Attachment attachment = outer.Attach(AttachRights.Read);
        session.Client.Survey(40);
        ulong meadow = attachment.Address + (4 * Page);
        ulong pond = attachment.Address + (7 * Page);
        Console.WriteLine($"{attachment.ReadOnlySpan[(int)(4 * Page)]} {Access.At(meadow)} {Access.At(attachment.Address + (12 * Page))}");
        session.Client.ShowMeadow(false);
        Console.WriteLine($"hidden {Access.At(meadow)} {Access.At(attachment.Address + (12 * Page))}");
        session.Client.ShowMeadow(true);
        Console.WriteLine($"shown {attachment.ReadOnlySpan[(int)(4 * Page)]} {Access.At(meadow)}");
        Console.WriteLine($"pond {attachment.ReadOnlySpan[(int)(7 * Page)]} {Access.At(pond)}");
        session.Client.DrainPond();
        Console.WriteLine($"drained {Access.At(pond)} {Access.At(meadow)}");
        return 0;
    }

    /// <summary>Comes upon holes whose handler is in the other component.</summary>
    public static int Explore(Env env)
    {
        using Session<IAtlas> session = env.OpenSession<IAtlas>("Atlas");
        using Capability<IDataspace> capability = session.Client.Wild();
        using Dataspace wild = env.OpenDataspace(capability);
        using Attachment attachment = wild.Attach();
        byte[] found = new byte[1];
        foreach (uint page in (uint[])[3, 6])
        {
            attachment.Read(page * Page, found);
            Console.WriteLine($"page {page}: {found[0]}");
        }

        return 0;
    }

    /// <summary>Holds on to a part of the other's map, and says when its access is gone.</summary>
    public static int Linger(Env env)
    {
        using Session<IAtlas> session = env.OpenSession<IAtlas>("Atlas");
        using Capability<IDataspace> capability = session.Client.Outer();
        using Dataspace outer = env.OpenDataspace(capability);
        using Attachment attachment = outer.Attach(AttachRights.Read);
        Console.WriteLine($"lingering {Access.At(attachment.Address + (4 * Page))}");
        // The atlas is ended meanwhile; nobody tells when.
        while (Access.At(attachment.Address + (4 * Page)) != "--")
            Thread.Sleep(1);
        Console.WriteLine("gone");
        return 0;
    }
}
