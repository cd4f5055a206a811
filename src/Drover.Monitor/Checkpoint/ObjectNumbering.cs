using Drover.Images.State;

namespace Drover.Monitor.Checkpoint;

/// <summary>Gives each kernel object of a domain its number inside an image, by the object's badge.</summary>
internal sealed class ObjectNumbering
{
    private readonly Dictionary<ulong, ObjectId> _byBadge = [];
    private uint _last;

    /// <summary>A number for an object without a badge.</summary>
    public ObjectId Next() => new(++_last);

    /// <summary>True if the badge had no number yet.</summary>
    public bool TryAdd(ulong badge, out ObjectId id)
    {
        if (_byBadge.TryGetValue(badge, out id))
            return false;
        id = _byBadge[badge] = Next();
        return true;
    }

    public ObjectId this[ulong badge] => _byBadge[badge];

    public ObjectId? Find(ulong badge) => _byBadge.TryGetValue(badge, out ObjectId id) ? id : null;
}
