using Drover.Core.Capabilities;
using Drover.Core.State;
using Drover.Images;
using Drover.Images.State;
using DomainState = Drover.Images.State.DomainState;

namespace Drover.Monitor.Restore;

/// <summary>
/// Which member of a group has the object of an old badge. All members were captured on one node at one moment, so a
/// badge names one object in all of their images. The images may be forged: two owners of a badge are refused.
/// </summary>
internal sealed class GroupObjects
{
    private readonly Dictionary<ulong, int> _ownerOf = [];
    private readonly List<MemberRestore> _members = [];

    /// <exception cref="DomainStateException">Two images have an object of the same badge.</exception>
    public GroupObjects(IReadOnlyList<ImageManifest> manifests)
    {
        for (int i = 0; i < manifests.Count; i++)
        {
            DomainState domain = manifests[i].Domain;
            foreach (ObjectState owned in domain.Objects.Where(candidate => candidate.Badge != 0 && IsOwned(candidate)))
            {
                if (!_ownerOf.TryAdd(owned.Badge, i) && _ownerOf[owned.Badge] != i)
                    throw new DomainStateException($"object {owned.Id} of {manifests[i].ComponentName}", $"its badge 0x{owned.Badge:x16} stands for one of another member, too");
            }
        }

        // A session that one member opened outside of the group and delegated to another.
        for (int i = 0; i < manifests.Count; i++)
        {
            foreach (ObjectState session in manifests[i].Domain.Objects.Where(candidate => candidate is { Kind: ObjectKind.ForeignSession, Badge: not 0 }))
                _ownerOf.TryAdd(session.Badge, i);
        }
    }

    /// <summary>Takes the member whose manifest came next.</summary>
    public void Add(MemberRestore member) => _members.Add(member);

    /// <summary>True if a member other than the one at that place has the object.</summary>
    public bool IsOfAnother(int member, ulong badge) => _ownerOf.TryGetValue(badge, out int owner) && owner != member;

    /// <summary>The member other than the given one that has the object; null if there is none.</summary>
    public MemberRestore? OwnerOf(ulong badge, MemberRestore asking) =>
        _ownerOf.TryGetValue(badge, out int owner) && _members[owner] != asking ? _members[owner] : null;

    /// <summary>What stands for an object of another member; null if there is none, or not yet.</summary>
    public KernelObject? Find(ulong badge, MemberRestore asking) =>
        OwnerOf(badge, asking)?.Restoration.Objects.GetValueOrDefault(badge);

    /// <summary>Gives each member what it has of the others' objects, as far as these exist by now.</summary>
    public void Link()
    {
        foreach (MemberRestore member in _members)
        {
            foreach (ulong badge in member.Restoration.MissingBadges)
            {
                if (Find(badge, member) is { } now)
                    member.Restoration.Provide(badge, now);
            }
        }
    }

    private static bool IsOwned(ObjectState candidate) => candidate.Kind switch
    {
        // Of a module whose session is not known others may have a copy under the same badge.
        ObjectKind.Dataspace => candidate.Dataspace is { RomName: null, SharedFrom: null } or { RomSession: not null },
        ObjectKind.ForeignSession or ObjectKind.NativeCapability or ObjectKind.Revoked => false,
        _ => true,
    };
}
