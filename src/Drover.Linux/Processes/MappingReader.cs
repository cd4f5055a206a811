using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Linux.Stub;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>Tells the mappings of a stopped process from its /proc/pid/maps. Advice given by madvise(2) is not there (only
/// smaps has it, which walks all pages) and not kept; it changes no content.</summary>
internal static class MappingReader
{
    private const string DeletedSuffix = " (deleted)";

    /// <param name="entries">Of that file.</param>
    /// <param name="files">Those that are known.</param>
    /// <param name="identify">Tells the identity of others.</param>
    public static List<MappingState> Read(
        IReadOnlyList<MapsEntry> entries, FileIdentities files, Func<string, SafeHandle, FileIdentity> identify)
    {
        List<MappingState> mappings = new(entries.Count);
        foreach (MapsEntry entry in entries)
        {
            if (entry.Start < StubLayout.End || entry.Path == "[vsyscall]")
                continue;
            mappings.Add(ToState(entry, files, identify));
        }
        return mappings;
    }

    private static MappingState ToState(
        in MapsEntry entry, FileIdentities files, Func<string, SafeHandle, FileIdentity> identify)
    {
        MappingState state = new()
        {
            Start = entry.Start,
            End = entry.End,
            Protection = entry.Protection,
            Backing = MappingBacking.Anonymous,
        };
        if (entry.Inode == 0)
            return AnonymousState(state, entry);
        if (entry.Path.StartsWith(MapsEntry.MemfdPrefix, StringComparison.Ordinal) && entry.IsShared)
        {
            return state with
            {
                Backing = MappingBacking.Dataspace,
                OffsetBytes = entry.OffsetBytes,
                DataspaceInode = entry.Inode,
                Name = entry.Path,
            };
        }
        if (!entry.Path.StartsWith('/') || entry.Path.EndsWith(DeletedSuffix, StringComparison.Ordinal))
            throw new NotKeepableException($"the mapping of '{entry.Path}' at 0x{entry.Start:x}");
        if (entry.IsShared && entry.Protection.HasFlag(PageProtection.Write))
            throw new NotKeepableException($"the writable shared mapping of {entry.Path} at 0x{entry.Start:x}");
        return state with
        {
            Backing = entry.IsShared ? MappingBacking.SharedFile : MappingBacking.PrivateFile,
            OffsetBytes = entry.OffsetBytes,
            File = files.Of(entry.Path, entry.Inode, identify),
        };
    }

    private static MappingState AnonymousState(MappingState state, in MapsEntry entry)
    {
        if (entry.IsShared || entry.Path.StartsWith("[v", StringComparison.Ordinal) || entry.Path == "[uprobes]")
            throw new NotKeepableException($"the mapping '{entry.Path}' at 0x{entry.Start:x}");
        // The kernel gives this name to the one mapping that it made with VM_GROWSDOWN; the filter refuses others.
        return state with { Name = entry.Path, GrowsDown = entry.Path == "[stack]" };
    }
}
