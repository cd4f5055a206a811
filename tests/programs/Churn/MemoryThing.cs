using System.Runtime.InteropServices;
using Drover.Component;
using Drover.Component.Memory;
using Drover.Contracts.Sessions;

namespace Churn;

/// <summary>A dataspace of which two parts are attached.</summary>
internal sealed class MemoryThing : Thing
{
    private const int PageBytes = 4096;
    private readonly Dataspace _dataspace;
    private readonly Attachment _whole;
    private readonly Attachment _last;
    private readonly ulong _seed;

    public MemoryThing(Env env, ulong seed)
    {
        _seed = seed;
        int pages = 2 + (int)(seed % 3);
        _dataspace = env.Allocate((ulong)(pages * PageBytes));
        _whole = _dataspace.Attach();
        _last = _dataspace.Attach(AttachRights.Read, offsetBytes: (ulong)((pages - 1) * PageBytes));
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(_whole.Span);
        for (int i = 0; i < words.Length; i++)
            words[i] = seed + (ulong)i;
    }

    public override void Check()
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(_whole.ReadOnlySpan);
        for (int i = 0; i < words.Length; i++)
            Expect("word of a dataspace", _seed + (ulong)i, words[i]);
        Expect("bytes of a dataspace", (ulong)_whole.ReadOnlySpan.Length, _dataspace.Capability.Client.LengthBytes());
        Expect("second attachment", true, _last.ReadOnlySpan.SequenceEqual(_whole.ReadOnlySpan[^PageBytes..]));
        // It is one memory, not two.
        _whole.Span[^1]++;
        Expect("byte through the other attachment", _whole.ReadOnlySpan[^1], _last.ReadOnlySpan[^1]);
        _whole.Span[^1]--;
    }

    public override void Dispose()
    {
        _last.Dispose();
        _whole.Dispose();
        _dataspace.Dispose();
    }
}
