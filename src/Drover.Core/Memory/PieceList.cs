using Drover.Contracts.Sessions;

namespace Drover.Core.Memory;

/// <summary>
/// The managed dataspaces of an address space, taken apart into what is to be mapped. Region maps within region maps can
/// mean very many pieces; what goes beyond the limit gets no access. Under the kernel's lock.
/// </summary>
internal sealed class PieceList
{
    internal const int MaximumPieces = 4096;

    private readonly List<Piece> _pieces = [];
    private bool _isFull;

    private PieceList()
    {
    }

    /// <summary>Ascending by address. Together they are exactly the ranges of the attached managed dataspaces.</summary>
    public IReadOnlyList<Piece> Pieces => _pieces;

    /// <summary>True if there were more than can be mapped.</summary>
    public bool IsTruncated => _isFull;

    public static PieceList Of(RegionMap addressSpace)
    {
        PieceList list = new();
        foreach (Attachment attachment in addressSpace.Attachments)
        {
            if (attachment.Dataspace is ManagedDataspace managed)
                list.Add(managed.Map, attachment.OffsetBytes, attachment.LengthBytes, attachment.Address, attachment.Rights);
        }

        return list;
    }

    /// <summary>Adds a window of a region map that lies at an address.</summary>
    private void Add(RegionMapObject map, ulong offset, ulong lengthBytes, ulong address, AttachRights rights)
    {
        ulong end = offset + lengthBytes;
        ulong done = offset;
        foreach (Attachment attachment in map.Regions.Attachments)
        {
            if (attachment.End <= done)
                continue;
            if (attachment.Address >= end || _isFull)
                break;
            ulong from = Math.Max(attachment.Address, offset);
            ulong to = Math.Min(attachment.End, end);
            AddHole(map, address + (done - offset), from - done, rights);
            ulong inside = attachment.OffsetBytes + (from - attachment.Address);
            Add(attachment.Dataspace, inside, to - from, address + (from - offset), rights & attachment.Rights);
            done = to;
        }

        AddHole(map, address + (done - offset), end - done, rights);
    }

    private void Add(Attachable dataspace, ulong offset, ulong lengthBytes, ulong address, AttachRights rights)
    {
        if (dataspace is ManagedDataspace managed)
            Add(managed.Map, offset, lengthBytes, address, rights);
        else
            Add(new Piece(address, lengthBytes, (Dataspace)dataspace, offset, rights, false));
    }

    private void AddHole(RegionMapObject map, ulong address, ulong lengthBytes, AttachRights rights)
    {
        if (lengthBytes == 0)
            return;
        bool waits = map.FaultHandler is not null;
        Add(new Piece(address, lengthBytes, null, 0, waits ? rights : 0, waits));
    }

    private void Add(Piece piece)
    {
        if (_pieces.Count < MaximumPieces)
        {
            _pieces.Add(piece);
            return;
        }

        _isFull = true;
        // The rest is without access, in one piece as far as it hangs together.
        Piece last = _pieces[^1];
        if (last is { Dataspace: null, Rights: 0 } && last.End == piece.Address)
            _pieces[^1] = last with { LengthBytes = last.LengthBytes + piece.LengthBytes };
        else
            _pieces.Add(new Piece(piece.Address, piece.LengthBytes, null, 0, 0, false));
    }
}
