namespace Drover.Core.Memory;

/// <summary>What has to change so that one list of pieces becomes another.</summary>
internal static class PieceChanges
{
    /// <summary>Both ascending without overlap; so is the result. Where nothing is any more there will be no access.</summary>
    public static List<Piece> Between(IReadOnlyList<Piece> before, IReadOnlyList<Piece> now)
    {
        HashSet<Piece> kept = [.. before];
        List<Piece> changes = [.. now.Where(piece => !kept.Contains(piece))];
        int next = 0;
        foreach (Piece old in before)
        {
            ulong at = old.Address;
            while (next < now.Count && now[next].End <= at)
                next++;
            for (int i = next; i < now.Count && now[i].Address < old.End; i++)
            {
                AddVanished(changes, at, now[i].Address);
                at = Math.Max(at, now[i].End);
            }

            AddVanished(changes, at, old.End);
        }

        changes.Sort(static (one, other) => one.Address.CompareTo(other.Address));
        return changes;
    }

    private static void AddVanished(List<Piece> changes, ulong from, ulong to)
    {
        if (from < to)
            changes.Add(new Piece(from, to - from, null, 0, 0, false));
    }
}
