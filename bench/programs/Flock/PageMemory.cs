using System.Runtime.InteropServices;
using Drover.Component;
using Drover.Component.Memory;

namespace Flock;

/// <summary>
/// Many pages, all of which have content. They are written one word at a time in an order that visits each once before any a second time, and
/// neighbours never in succession; each word tells how often its page was visited, so that lost memory shows itself.
/// </summary>
internal sealed unsafe class PageMemory : IDisposable
{
    private const int PageBytes = 4096;
    private const double GoldenRatio = 0.6180339887;
    private const ulong Salt = 0x9E37_79B9_7F4A_7C15;
    private readonly byte* _start;
    private readonly Attachment? _attachment;
    private readonly Dataspace? _dataspace;
    private readonly ulong _stride;
    private ulong _page;
    private ulong _visits;

    private PageMemory(byte* start, ulong pages, Dataspace? dataspace, Attachment? attachment)
    {
        _start = start;
        Pages = pages;
        _dataspace = dataspace;
        _attachment = attachment;
        _stride = (ulong)(pages * GoldenRatio) | 1;
        while (GreatestCommonDivisor(_stride, pages) != 1)
            _stride += 2;
    }

    public ulong Pages { get; }

    public static PageMemory Private(ulong bytes) =>
        new((byte*)NativeMemory.AlignedAlloc((nuint)bytes, PageBytes), bytes / PageBytes, null, null);

    public static PageMemory InDataspace(Env env, ulong bytes)
    {
        Dataspace dataspace = env.Allocate(bytes);
        Attachment attachment = dataspace.Attach();
        return new((byte*)attachment.Address, bytes / PageBytes, dataspace, attachment);
    }

    /// <summary>Fills every page with content that nothing can compress.</summary>
    public void Touch()
    {
        ulong state = Salt;
        for (ulong page = 0; page < Pages; page++)
        {
            ulong* words = (ulong*)(_start + (page * PageBytes));
            words[0] = WordOf(page, 0);
            for (int i = 1; i < PageBytes / sizeof(ulong); i++)
            {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                words[i] = state;
            }
        }
    }

    /// <summary>Writes one word into each of the next pages.</summary>
    public void Dirty(ulong count)
    {
        for (ulong i = 0; i < count; i++)
        {
            _page = (_page + _stride) % Pages;
            ulong* word = (ulong*)(_start + (_page * PageBytes));
            ulong passes = _visits++ / Pages;
            if (*word != WordOf(_page, passes))
                throw new InvalidOperationException($"page {_page} has lost what was written to it last");
            *word = WordOf(_page, passes + 1);
        }
    }

    public void Dispose()
    {
        _attachment?.Dispose();
        _dataspace?.Dispose();
        if (_dataspace is null)
            NativeMemory.AlignedFree(_start);
    }

    private static ulong WordOf(ulong page, ulong passes) => ((page + 1) * Salt) ^ passes;

    private static ulong GreatestCommonDivisor(ulong one, ulong other) => other == 0 ? one : GreatestCommonDivisor(other, one % other);
}
