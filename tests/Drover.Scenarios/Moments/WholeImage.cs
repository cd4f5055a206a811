using System.Text.Json;
using System.Text.Json.Nodes;
using Drover.Images;
using Drover.Images.State;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Scenarios.Moments;

/// <summary>All that an image says, so that two can be compared byte for byte.</summary>
internal sealed class WholeImage
{
    private const int PageBytes = 4096;

    /// <summary>What tells two images of the same moment apart: when and upon what each was written, and how.</summary>
    private static readonly string[] s_ownMembers = [nameof(ImageManifest.Created), nameof(ImageManifest.ImageId), nameof(ImageManifest.Parent), nameof(ImageManifest.Compression)];

    private WholeImage(IReadOnlyList<MappingState> mappings, string manifest, SortedDictionary<ulong, byte[]> memory, SortedDictionary<(uint Dataspace, ulong Offset), byte[]> dataspaces)
    {
        Mappings = mappings;
        Manifest = manifest;
        Memory = memory;
        Dataspaces = dataspaces;
    }

    public IReadOnlyList<MappingState> Mappings { get; }

    /// <summary>Without them.</summary>
    public string Manifest { get; }

    /// <summary>Pages by address.</summary>
    public SortedDictionary<ulong, byte[]> Memory { get; }

    /// <summary>Pages that are not zero.</summary>
    public SortedDictionary<(uint Dataspace, ulong Offset), byte[]> Dataspaces { get; }

    public static WholeImage Read(string directory)
    {
        using ImageReader image = ImageReader.Open(directory);
        SortedDictionary<ulong, byte[]> memory = [];
        foreach ((ulong address, byte[] page) in Pages(image))
            memory.Add(address, page);
        ForgetProcessors(image.Manifest.Process, memory);
        SortedDictionary<(uint, ulong), byte[]> dataspaces = [];
        foreach (ObjectState dataspace in image.Manifest.Domain.Objects.Where(made => made.Kind == ObjectKind.Dataspace))
        {
            foreach ((ulong offset, byte[] page) in Pages(image.Dataspace(dataspace.Id)).Where(entry => entry.Page.AsSpan().ContainsAnyExcept((byte)0)))
                dataspaces.Add((dataspace.Id.Value, offset), page);
        }

        JsonObject manifest = JsonSerializer.SerializeToNode(image.Manifest with { Process = image.Manifest.Process with { Mappings = [] } })!.AsObject();
        foreach (string member in s_ownMembers)
            manifest.Remove(member);
        return new WholeImage(Joined(image.Manifest.Process.Mappings), manifest.ToJsonString(), memory, dataspaces);
    }

    public void AssertIs(WholeImage other)
    {
        Assert.Equal(other.Mappings, Mappings);
        Assert.Equal(other.Manifest, Manifest);
        AssertSame(other.Memory, Memory, address => $"0x{address:x} in {Mappings.FirstOrDefault(mapping => mapping.Start <= address && address < mapping.End)}");
        AssertSame(other.Dataspaces, Dataspaces, place => $"dataspace {place.Dataspace}, offset 0x{place.Offset:x}");
    }

    private static void AssertSame<TPlace>(SortedDictionary<TPlace, byte[]> wanted, SortedDictionary<TPlace, byte[]> found, Func<TPlace, string> name)
        where TPlace : notnull
    {
        AssertNone(wanted.Where(entry => !found.ContainsKey(entry.Key)), "is missing", name);
        AssertNone(found.Where(entry => !wanted.ContainsKey(entry.Key)), "is too much", name);
        foreach ((TPlace place, byte[] page) in wanted)
            Assert.True(page.AsSpan().SequenceEqual(found[place]), $"{name(place)}: differs from byte {page.AsSpan().CommonPrefixLength(found[place])} on");
    }

    private static void AssertNone<TPlace>(IEnumerable<KeyValuePair<TPlace, byte[]>> pages, string wrong, Func<TPlace, string> name)
    {
        string[] described = [.. pages.Select(page => $"{name(page.Key)}, {(page.Value.AsSpan().ContainsAnyExcept((byte)0) ? "with content" : "zeros")}, {wrong}")];
        Assert.True(described.Length == 0, string.Join(Environment.NewLine, described));
    }

    /// <summary>The kernel notes there on which CPU a thread is, which changes when a call is injected into it (rseq(2)).</summary>
    private static void ForgetProcessors(ProcessState process, SortedDictionary<ulong, byte[]> memory)
    {
        foreach (RseqState rseq in process.Threads.Select(thread => thread.Rseq).Where(rseq => rseq.Address != 0))
            memory[rseq.Address / PageBytes * PageBytes].AsSpan((int)(rseq.Address % PageBytes), (int)rseq.LengthBytes).Clear();
    }

    /// <summary>Whether the kernel joins neighbours that are alike depends on whether it has been told to track both.</summary>
    private static List<MappingState> Joined(IReadOnlyList<MappingState> mappings)
    {
        List<MappingState> joined = [];
        foreach (MappingState mapping in mappings)
        {
            if (joined.Count > 0 && Continues(joined[^1], mapping))
                joined[^1] = joined[^1] with { End = mapping.End };
            else
                joined.Add(mapping);
        }

        return joined;
    }

    private static bool Continues(MappingState first, MappingState next)
    {
        ulong offset = first.Backing == MappingBacking.Anonymous ? 0 : first.OffsetBytes + first.LengthBytes;
        return next.Start == first.End && next == first with { Start = next.Start, End = next.End, OffsetBytes = offset };
    }

    private static IEnumerable<(ulong Address, byte[] Page)> Pages(IPageSource source)
    {
        foreach (PageRun run in source.Runs)
        {
            for (ulong at = run.Address; at < run.End; at += PageBytes)
            {
                byte[] page = new byte[PageBytes];
                source.Read(at, page);
                yield return (at, page);
            }
        }
    }
}
