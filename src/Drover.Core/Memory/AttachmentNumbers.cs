namespace Drover.Core.Memory;

/// <summary>The numbers of one domain's attachments, whichever of its region maps they are in. Guarded by the kernel's lock.</summary>
internal sealed class AttachmentNumbers
{
    private readonly HashSet<uint> _used = [];

    /// <summary>The number that was given last.</summary>
    public uint Last { get; private set; }

    /// <summary>A number that no attachment has; never 0.</summary>
    public uint Take()
    {
        do
            Last++;
        while (Last == 0 || !_used.Add(Last));
        return Last;
    }

    /// <summary>Takes a recorded number; false if it is none or in use.</summary>
    public bool TryTake(uint number) => number != 0 && _used.Add(number);

    public void Return(uint number) => _used.Remove(number);

    /// <summary>Goes on behind a recorded number.</summary>
    public void GoOnFrom(uint last) => Last = last;
}
