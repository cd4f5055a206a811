using Drover.Component;
using Drover.Component.Memory;
using Drover.Contracts.Sessions;

namespace Cartographer;

/// <summary>Two region maps that change as fast as they can: one thread attaches, looks and detaches; the other comes upon
/// holes, which the handler fills, and makes them again. What they find is held against what must be there.</summary>
internal sealed class Churn
{
    private const ulong Page = 4096;
    private const int Pages = 16;

    private readonly Dataspace _ground;
    private readonly RegionMap _inner;
    private readonly RegionMap _outer;
    private readonly RegionMap _wild;
    private readonly Attachment _soil;
    private readonly Attachment _window;
    private readonly Attachment _view;
    private readonly Attachment _wilderness;

    public Churn(Env env)
    {
        _ground = env.Allocate(Pages * Page);
        _soil = _ground.Attach();
        for (int page = 0; page < Pages; page++)
            _soil.Span[page * (int)Page] = (byte)(100 + page);
        _inner = env.CreateRegionMap(Pages * Page);
        _outer = env.CreateRegionMap(Pages * Page);
        _outer.Attach(_inner.Dataspace, at: 0);
        _window = _outer.Dataspace.Attach();
        _view = _inner.Dataspace.Attach(AttachRights.Read);
        _wild = env.CreateRegionMap(Pages * Page);
        _wilderness = _wild.Dataspace.Attach();
        _wild.OnFault(fault => _wild.TryAttach(_ground, fault.OffsetBytes, offsetBytes: fault.OffsetBytes, lengthBytes: Page));
        new Thread(() => Repeat("attached", AttachAndDetach)) { IsBackground = true }.Start();
        new Thread(() => Repeat("found", FindAndLose)) { IsBackground = true }.Start();
    }

    private static void Repeat(string what, Func<int, string?> round)
    {
        for (int i = 1; ; i++)
        {
            if (round(i) is { } wrong)
            {
                Console.WriteLine($"wrong in round {i}: {wrong}");
                return;
            }

            if (i % 10 == 0)
                Console.WriteLine($"{what} {i}");
        }
    }

    private string? AttachAndDetach(int round)
    {
        int page = round % Pages;
        ulong at = (ulong)(round * 7 % Pages) * Page;
        _inner.Attach(_ground, at, AttachRights.Read | AttachRights.Write, (ulong)page * Page, Page);
        int first = _window.Span[(int)at];
        int second = _view.ReadOnlySpan[(int)at];
        string rights = Access.At(_window.Address + at) + Access.At(_view.Address + at);
        _inner.Detach(at);
        string after = Access.At(_window.Address + at) + Access.At(_view.Address + at);
        return (first, second, rights, after) == (100 + page, 100 + page, "rwr-", "----") ? null : $"{first} {second} {rights} {after}";
    }

    private string? FindAndLose(int round)
    {
        ulong at = (ulong)(round * 5 % Pages) * Page;
        byte[] found = new byte[1];
        _wilderness.Read(at, found);
        _wild.Detach(at);
        return found[0] == 100 + (int)(at / Page) ? null : $"{found[0]} at page {at / Page}";
    }
}
