using Drover.Contracts.Sessions;

namespace Drover.Core.Memory;

/// <summary>What the node maps at a range of an address space: a part of a dataspace, or a hole.</summary>
/// <param name="Dataspace">Null for a hole.</param>
/// <param name="OffsetBytes">In the dataspace; 0 for a hole.</param>
/// <param name="Rights">Of all attachments on the way to it; of a hole, what a thread may wait for there.</param>
/// <param name="ReportsFaults">The region map that the hole is in has a fault handler.</param>
internal readonly record struct Piece(
    ulong Address, ulong LengthBytes, Dataspace? Dataspace, ulong OffsetBytes, AttachRights Rights, bool ReportsFaults)
{
    public ulong End => Address + LengthBytes;
}
