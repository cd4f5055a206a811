using Drover.Images.State;
using Drover.Platform.State;

namespace Drover.Images.Format;

internal sealed partial class ManifestValidation
{
    private void CheckAttachments(IReadOnlyList<AttachmentState> attachments)
    {
        Elements(attachments, "domain.attachments", ImageLimits.Attachments);
        var numbers = new HashSet<uint>();
        var finishedMaps = new HashSet<ObjectId>();
        ObjectId? map = null;
        ulong previousEnd = 0;
        ulong end = ImageFormat.UserAddressEnd;
        for (int i = 0; i < attachments.Count; i++)
        {
            AttachmentState attachment = attachments[i];
            if (attachment.Number == 0 || !numbers.Add(attachment.Number))
                throw Bad($"domain.attachments[{i}].number", "a number of its own, not 0", $"{attachment.Number}");
            if (attachment.RegionMap != map)
            {
                map = attachment.RegionMap;
                previousEnd = 0;
                if (map is not { } id || !finishedMaps.Add(id))
                    throw Bad($"domain.attachments[{i}].regionMap", "the address space first, then each region map in one piece", $"{map?.ToString() ?? "the address space again"}");
                ReferenceTo(ObjectKind.RegionMap, id, $"domain.attachments[{i}].regionMap");
                end = PagesOf(_objects[id].RegionMap!.LengthBytes);
            }

            CheckAttachment(attachment, i, previousEnd, end);
            previousEnd = attachment.Address + attachment.LengthBytes;
        }

        CheckNesting(attachments);
    }

    private void CheckAttachment(AttachmentState attachment, int i, ulong from, ulong to)
    {
        if (!IsPageAligned(attachment.Address) || attachment.Address < from || attachment.Address >= to)
            throw Bad($"domain.attachments[{i}].address", $"a page boundary from 0x{from:x}, below 0x{to:x}", $"0x{attachment.Address:x}");
        if (!IsPageAligned(attachment.LengthBytes) || attachment.LengthBytes == 0 || attachment.LengthBytes > to - attachment.Address)
            throw Bad($"domain.attachments[{i}].lengthBytes", $"whole pages up to 0x{to - attachment.Address:x} bytes", $"0x{attachment.LengthBytes:x}");
        ObjectState attached = Reference(attachment.Dataspace, $"domain.attachments[{i}].dataspace");
        ulong length = attached switch
        {
            { Dataspace: { } dataspace } => PagesOf(dataspace.LengthBytes),
            { RegionMap: { } map } => PagesOf(map.LengthBytes),
            _ => throw Bad($"domain.attachments[{i}].dataspace", "the id of a dataspace or region map", $"{attached.Id}, a {attached.Kind}"),
        };
        if (!IsPageAligned(attachment.OffsetBytes) || attachment.OffsetBytes > length || attachment.LengthBytes > length - attachment.OffsetBytes)
            throw Bad($"domain.attachments[{i}].offsetBytes", $"a page boundary that leaves 0x{attachment.LengthBytes:x} of 0x{length:x} bytes", $"0x{attachment.OffsetBytes:x}");
        if ((attachment.Rights & ~AllRights) != 0)
            throw Bad($"domain.attachments[{i}].rights", "read, write, execute", $"{attachment.Rights}");
        if (attached.Dataspace is { ReadOnly: true } && attachment.Rights.HasFlag(PageProtection.Write))
            throw Bad($"domain.attachments[{i}].rights", "no right to write to a read-only dataspace", $"{attachment.Rights}");
    }

    /// <summary>No region map is attached to itself, by whatever way round: whoever follows them comes to an end.</summary>
    private void CheckNesting(IReadOnlyList<AttachmentState> attachments)
    {
        var outer = new Dictionary<ObjectId, List<ObjectId>>();
        var attachedTo = new Dictionary<ObjectId, int>();
        foreach (AttachmentState attachment in attachments)
        {
            if (attachment.RegionMap is not { } map || _objects[attachment.Dataspace].Kind != ObjectKind.RegionMap)
                continue;
            if (!outer.TryGetValue(map, out List<ObjectId>? inner))
                outer.Add(map, inner = []);
            inner.Add(attachment.Dataspace);
            attachedTo[attachment.Dataspace] = attachedTo.GetValueOrDefault(attachment.Dataspace) + 1;
        }

        // Takes away what nothing holds until nothing is left; a circle stays.
        var free = new Queue<ObjectId>(outer.Keys.Where(map => !attachedTo.ContainsKey(map)));
        while (free.TryDequeue(out ObjectId map))
        {
            if (!outer.Remove(map, out List<ObjectId>? inner))
                continue;
            foreach (ObjectId attached in inner)
            {
                if (--attachedTo[attached] == 0)
                    free.Enqueue(attached);
            }
        }

        if (outer.Count > 0)
            throw Bad("domain.attachments", "region maps nested without a circle", $"a circle through {outer.Keys.First()}");
    }
}
