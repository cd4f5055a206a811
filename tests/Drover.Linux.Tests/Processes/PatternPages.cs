using System.Runtime.InteropServices;
using Drover.Platform;
using Drover.Platform.State;
using Drover.Platform.Traps;

namespace Drover.Linux.Tests.Processes;

/// <summary>The pages of a recorded process, with mappings added to it in which each word is its own address, turned over.</summary>
internal sealed class PatternPages : IPageSource
{
    private const ulong WritableBytes = 40 << 20;
    private const ulong ConstantBytes = 5 << 20;
    private const ulong ManyRuns = 1500;
    private const ulong PageBytes = 4096;

    private readonly RecordedProcess _recorded;
    private int _readers;
    private int _reads;

    private PatternPages(RecordedProcess recorded, List<PageRun> added)
    {
        _recorded = recorded;
        Added = added;
        Runs = [.. recorded.Runs.Concat(added).OrderBy(run => run.Address)];
    }

    /// <summary>One long run, one of memory that the process cannot write, and many of one page.</summary>
    public List<PageRun> Added { get; }

    public IReadOnlyList<PageRun> Runs { get; }

    public ulong? Damaged { get; set; }

    /// <summary>Threads that are reading now.</summary>
    public int Readers => Volatile.Read(ref _readers);

    public int Reads => Volatile.Read(ref _reads);

    /// <summary>A recorded process that runs well when it is rebuilt.</summary>
    public static async Task<(RebuildRequest Request, PatternPages Pages)> OfLively(IProcessPlatform platform, ITrapHandler personality, ConsoleLines console)
    {
        using IComponentProcess process = platform.Launch(Programs.Request(Programs.Lively), personality);
        process.Start();
        await console.WaitFor(line => line.StartsWith("alive", StringComparison.Ordinal));
        RecordedProcess recorded = RecordedProcess.Of(process);
        PatternPages pages = AddTo(recorded);
        return (recorded.Request() with { Pages = pages }, pages);
    }

    public static PatternPages AddTo(RecordedProcess recorded)
    {
        ulong scatteredBytes = 2 * ManyRuns * PageBytes;
        ulong start = FreeRange(recorded.State.Mappings, WritableBytes + ConstantBytes + scatteredBytes);
        ulong constants = start + WritableBytes;
        ulong scattered = constants + ConstantBytes;
        List<PageRun> added = [new(start, WritableBytes), new(constants, ConstantBytes)];
        for (ulong i = 0; i < ManyRuns; i++)
            added.Add(new PageRun(scattered + (2 * i * PageBytes), PageBytes));
        MappingState[] mappings =
        [
            Anonymous(start, WritableBytes, PageProtection.Read | PageProtection.Write),
            Anonymous(constants, ConstantBytes, PageProtection.Read),
            Anonymous(scattered, scatteredBytes, PageProtection.Read | PageProtection.Write),
        ];
        recorded.State = recorded.State with
        {
            Mappings = [.. recorded.State.Mappings.Concat(mappings).OrderBy(mapping => mapping.Start)],
        };
        return new PatternPages(recorded, added);
    }

    public static void Make(ulong address, Span<byte> destination)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(destination);
        for (int i = 0; i < words.Length; i++)
            words[i] = ~(address + ((ulong)i * sizeof(ulong)));
    }

    public void Read(ulong address, Span<byte> destination)
    {
        Interlocked.Increment(ref _readers);
        Interlocked.Increment(ref _reads);
        try
        {
            if (Damaged is { } damaged && address <= damaged && damaged < address + (ulong)destination.Length)
                throw new InvalidDataException($"0x{damaged:x} is damaged");
            if (Added.Exists(run => run.Address <= address && address < run.End))
                Make(address, destination);
            else
                _recorded.Read(address, destination);
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }

    /// <summary>Between the first two mappings with enough room, away from both.</summary>
    private static ulong FreeRange(IReadOnlyList<MappingState> mappings, ulong lengthBytes)
    {
        const ulong Distance = 16 << 20;
        for (int i = 1; i < mappings.Count; i++)
        {
            if (mappings[i].Start - mappings[i - 1].End >= lengthBytes + (2 * Distance))
                return mappings[i - 1].End + Distance;
        }

        throw new InvalidOperationException("There is no room.");
    }

    private static MappingState Anonymous(ulong start, ulong lengthBytes, PageProtection protection) =>
        new() { Start = start, End = start + lengthBytes, Protection = protection, Backing = MappingBacking.Anonymous };
}
