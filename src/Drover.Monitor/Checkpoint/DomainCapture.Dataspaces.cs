using Drover.Core;
using Drover.Core.Memory;
using Drover.Core.Services;
using Drover.Images.State;

namespace Drover.Monitor.Checkpoint;

/// <summary>The dataspaces of a component: its own, those of other members of the group, and what ROM modules it has.</summary>
internal sealed partial class DomainCapture
{
    private readonly HashSet<ulong> _inodes = []; // of modules

    private void AddDataspace(Dataspace dataspace)
    {
        NoteSharers(dataspace);
        DataspaceState described = new() { LengthBytes = dataspace.LengthBytes, Inode = dataspace.Inode, ReadOnly = !dataspace.IsWritable };
        if (AddObject(dataspace.Badge.Value, ObjectKind.Dataspace, dataspace.Name, state => state with { Dataspace = described }) is { } id)
            Dataspaces.Add((id, dataspace));
    }

    /// <summary>The image would hold a copy, and the sharing would be lost without a word.</summary>
    private void NoteSharers(Attachable dataspace)
    {
        foreach (ProtectionDomain sharer in _component.Domain.Kernel.SharersOf(dataspace, _component.Domain).Where(sharer => !_group.Has(sharer)))
            Obstacles.Add($"{sharer.Name} has a dataspace of {_component.Name} attached ({dataspace.LengthBytes} bytes); an image of one component cannot keep it shared");
    }

    /// <summary>Its content goes into its owner's image.</summary>
    private void AddShared(Dataspace dataspace) =>
        AddObject(dataspace.Badge.Value, ObjectKind.Dataspace, dataspace.Name, state => state with
        {
            Dataspace = new DataspaceState
            {
                LengthBytes = dataspace.LengthBytes,
                Inode = dataspace.Inode,
                ReadOnly = !dataspace.IsWritable,
                SharedFrom = dataspace.Owner!.Name,
            },
        });

    private void AddShared(ulong badge, ulong inode, ulong lengthBytes, string label) =>
        AddObject(badge, ObjectKind.Dataspace, label, state => state with
        {
            Dataspace = new DataspaceState { LengthBytes = lengthBytes, Inode = inode },
        });

    /// <summary>A module of another member, whose image says which.</summary>
    private void AddLent(ulong badge, ulong inode, ulong lengthBytes, string label, string lender) =>
        AddObject(badge, ObjectKind.Dataspace, label, state => state with
        {
            Dataspace = new DataspaceState
            {
                LengthBytes = lengthBytes,
                Inode = OnceOnly(inode),
                ReadOnly = true,
                SharedFrom = lender,
            },
        });

    private void AddModule(ulong badge, RomModule module) =>
        AddObject(badge, ObjectKind.Dataspace, $"ROM {module.Name}", state => state with { Dataspace = DescribeModule(module) });

    private RomModule? ModuleWith(ulong inode) => _component.Roms.Modules.FirstOrDefault(rom => rom.Memory.Inode == inode);

    /// <summary>Several sessions of one module have dataspaces of the same memory; one of them names it for all.</summary>
    private ulong OnceOnly(ulong inode) => _inodes.Add(inode) ? inode : 0;

    private DataspaceState DescribeModule(RomModule module) => new()
    {
        LengthBytes = module.Memory.LengthBytes,
        Inode = OnceOnly(module.Memory.Inode),
        ReadOnly = true,
        RomName = module.Name,
        RomFile = _component.Launch.Roms.First(rom => rom.Name == module.Name).File,
    };
}
