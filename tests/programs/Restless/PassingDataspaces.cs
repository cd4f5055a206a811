using Drover.Component;
using Drover.Component.Memory;

namespace Restless;

/// <summary>Dataspaces that come, are written and go again; a few are always there, some of them attached twice.</summary>
internal sealed class PassingDataspaces(Env env)
{
    private const int Kept = 6;
    private const int MostPages = 24;

    private readonly Queue<(Dataspace Memory, Attachment[] Attachments)> _kept = [];
    private readonly Random _random = new(3);

    public void Next(int round)
    {
        if (round % 20 == 0)
            Replace();
        foreach ((_, Attachment[] attachments) in _kept)
        {
            Attachment attachment = attachments[_random.Next(attachments.Length)];
            attachment.Span[_random.Next(attachment.Span.Length)] = (byte)_random.Next(256);
        }
    }

    private void Replace()
    {
        Dataspace made = env.Allocate((ulong)(1 + _random.Next(MostPages)) * PrivatePages.PageBytes);
        _kept.Enqueue((made, [.. Enumerable.Range(0, 1 + _random.Next(2)).Select(_ => made.Attach())]));
        if (_kept.Count <= Kept)
            return;
        (Dataspace oldest, Attachment[] attachments) = _kept.Dequeue();
        foreach (Attachment attachment in attachments)
            attachment.Dispose();
        oldest.Dispose();
    }
}
