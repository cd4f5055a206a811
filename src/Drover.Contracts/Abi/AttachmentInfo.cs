namespace Drover.Contracts.Abi;

/// <summary>What the private call MapAttachment tells beside a descriptor.</summary>
public static class AttachmentInfo
{
    /// <summary>There is no descriptor: the node has mapped the attachment, and keeps it in step.</summary>
    public const uint MappedByNode = uint.MaxValue;
}
