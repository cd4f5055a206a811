using Drover.Contracts.Sessions;

namespace Drover.Core.Memory;

/// <summary>A range of a dataspace at an address of a component, or at an offset of a region map.</summary>
/// <param name="Id">Names it in the private call MapAttachment; never 0.</param>
internal sealed record Attachment(
    uint Id,
    Attachable Dataspace,
    ulong OffsetBytes,
    ulong LengthBytes,
    ulong Address,
    AttachRights Rights)
{
    public ulong End => Address + LengthBytes;
}
