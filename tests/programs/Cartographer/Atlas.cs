using Drover.Component;
using Drover.Component.Memory;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Cartographer;

/// <summary>
/// Two dataspaces, the meadow (4 pages) and the pond (2), in an inner map that lies in an outer one:
/// <code>
/// inner, 8 pages:   2-4 meadow 1-3         5-6 pond 0-1, read only
/// outer, 16 pages:  3-7 inner 2-6 (so 3-5 meadow 1-3, 6-7 pond)    10-13 meadow 0-3
/// </code>
/// The outer one is attached twice, once for reading only and from its page 3, and the meadow by itself.
/// </summary>
internal sealed class Atlas : IAtlas
{
    private const ulong Page = 4096;

    private readonly Dataspace _meadow;
    private readonly Dataspace _pond;
    private readonly Dataspace _ground;
    private readonly RegionMap _inner;
    private readonly RegionMap _outer;
    private readonly RegionMap _wild;
    private readonly Attachment _all;
    private readonly Attachment _view;
    private readonly Attachment _direct;
    private readonly Attachment _water;
    private readonly Attachment _wilderness;
    private readonly Attachment _soil;
    private volatile bool _isStranding;
    private uint _strandedAt;
    private Task<byte>? _stranded;

    public Atlas(Env env)
    {
        _meadow = env.Allocate(4 * Page);
        _pond = env.Allocate(2 * Page);
        _inner = env.CreateRegionMap(8 * Page);
        _outer = env.CreateRegionMap(16 * Page);
        ShowMeadow(true);
        _inner.Attach(_pond, at: 5 * Page, AttachRights.Read);
        _outer.Attach(_inner.Dataspace, at: 3 * Page, offsetBytes: 2 * Page, lengthBytes: 5 * Page);
        _all = _outer.Dataspace.Attach();
        _outer.Attach(_meadow, at: 10 * Page); // what is attached later is seen as well
        _view = _outer.Dataspace.Attach(AttachRights.Read, 3 * Page, 11 * Page);
        _direct = _meadow.Attach();
        _water = _pond.Attach();

        _ground = env.Allocate(8 * Page);
        _wild = env.CreateRegionMap(8 * Page);
        _wilderness = _wild.Dataspace.Attach();
        _soil = _ground.Attach();
        for (ulong page = 0; page < 8; page++)
            _soil.Span[(int)(page * Page)] = (byte)(100 + page);
        _wild.OnFault(Discover);
    }

    public string Survey(byte stamp)
    {
        // Page 2 of the meadow has five addresses.
        ulong[] meadow = [_all.Address + (4 * Page), _all.Address + (12 * Page), _view.Address + Page, _view.Address + (9 * Page), _direct.Address + (2 * Page)];
        string before = string.Join(',', Read(meadow));
        _all.Span[(int)(4 * Page)] = stamp;
        string after = string.Join(',', Read(meadow));
        _direct.Span[(int)(3 * Page)] = (byte)(stamp + 1);
        _water.Span[(int)Page] = (byte)(stamp + 2);
        byte[] others = [_all.Span[(int)(5 * Page)], _view.ReadOnlySpan[(int)(10 * Page)], _all.Span[(int)(7 * Page)], _view.ReadOnlySpan[(int)(4 * Page)]];
        string[] rights =
        [
            Access.At(_all.Address), Access.At(_all.Address + (4 * Page)), Access.At(_all.Address + (7 * Page)), Access.At(_all.Address + (8 * Page)),
            Access.At(_view.Address + Page), Access.At(_view.Address + (4 * Page)), Access.At(_view.Address + (6 * Page)), Access.At(_direct.Address),
        ];
        return $"{before} {after} {string.Join(',', others)} {string.Join(',', rights)} at {_all.Address:x} {_view.Address:x} {_direct.Address:x}";
    }

    public byte Touch(uint page)
    {
        byte[] found = new byte[1];
        _wilderness.Read(page * Page, found);
        // It is the very memory, not a copy.
        _wilderness.Write((page * Page) + 1, [(byte)(found[0] + 1)]);
        return _soil.Span[(int)(page * Page) + 1] == found[0] + 1 ? found[0] : (byte)0;
    }

    public void Strand(uint page)
    {
        _strandedAt = page;
        _isStranding = true;
        _stranded = Task.Factory.StartNew(() => Touch(page), TaskCreationOptions.LongRunning);
    }

    public byte Settle()
    {
        Task<byte> stranded = _stranded!;
        if (stranded.IsCompleted)
            throw new InvalidOperationException("nobody waits");
        _isStranding = false;
        _wild.Attach(_ground, _strandedAt * Page, offsetBytes: _strandedAt * Page, lengthBytes: Page);
        return stranded.GetAwaiter().GetResult();
    }

    public Capability<IDataspace> Outer() => _outer.Dataspace.Capability.Duplicate();

    public Capability<IDataspace> Wild() => _wild.Dataspace.Capability.Duplicate();

    public void ShowMeadow(bool show)
    {
        if (show)
            _inner.Attach(_meadow, at: 2 * Page, offsetBytes: Page, lengthBytes: 3 * Page);
        else
            _inner.Detach(2 * Page);
    }

    public void DrainPond()
    {
        _water.Dispose();
        _pond.Dispose();
        _inner.OnFault(null); // returns when nobody sees the pond any more
    }

    private static unsafe IEnumerable<byte> Read(ulong[] addresses) => [.. addresses.Select(address => *(byte*)address)];

    /// <summary>The fault handler.</summary>
    private void Discover(RegionFault fault)
    {
        Console.WriteLine($"{fault.Access} fault at page {fault.OffsetBytes / Page}");
        if (!_isStranding)
            _wild.Attach(_ground, fault.OffsetBytes, offsetBytes: fault.OffsetBytes, lengthBytes: Page);
    }
}
