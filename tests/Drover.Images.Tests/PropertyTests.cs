using Drover.Images.State;
using Drover.Images.Tests.Model;
using Drover.Platform;
using Drover.Platform.State;
using FsCheck;
using FsCheck.Fluent;

namespace Drover.Images.Tests;

public sealed class PropertyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private int _images;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Any_set_of_pages_is_read_as_it_was_written()
    {
        // Page number in a heap of 256 pages, with a seed for its content; every third is zero.
        Arbitrary<List<(int, int)>> pages = Gen.Zip(Gen.Choose(0, 255), Gen.Choose(0, 1000)).ListOf().ToArbitrary();

        Prop.ForAll(pages, chosen =>
        {
            MemoryPages source = Source(SampleImage.HeapStart, chosen);
            using ImageReader reader = Written(source, new MemoryPages(), SampleImage.Manifest);
            return Same(source, reader) && reader.Runs.All(run => run.Address >= SampleImage.HeapStart && run.LengthBytes > 0)
                && Stored(source) == reader.Runs.Sum(run => (long)run.LengthBytes / 4096);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_dataspace_is_read_as_it_was_written()
    {
        Arbitrary<List<(int, int)>> pages = Gen.Zip(Gen.Choose(0, 255), Gen.Choose(0, 1000)).ListOf().ToArbitrary();

        Prop.ForAll(pages, chosen =>
        {
            MemoryPages source = Source(0, chosen);
            using ImageReader reader = Written(new MemoryPages(), source, SampleImage.Manifest);
            return Same(source, reader.Dataspace(SampleImage.Tables));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Reads_across_any_part_of_a_run_give_that_part()
    {
        MemoryPages source = Source(SampleImage.HeapStart, [.. Enumerable.Range(0, 256).Select(page => (page, page + 1))]);
        using ImageReader reader = Written(source, new MemoryPages(), SampleImage.Manifest);
        byte[] whole = [.. source.All.SelectMany(page => page.Content)];

        // With zeros among them the run is broken, and a read stays inside one.
        PageRun[] runs = [.. reader.Runs];
        Prop.ForAll(Gen.Zip(Gen.Choose(0, 1 << 20), Gen.Choose(0, 20_000)).ToArbitrary(), chosen =>
        {
            (int start, int length) = chosen;
            PageRun run = runs[start % runs.Length];
            int offset = (int)((ulong)start % run.LengthBytes);
            byte[] part = new byte[Math.Min(length, (int)run.LengthBytes - offset)];
            reader.Read(run.Address + (ulong)offset, part);
            return part.AsSpan().SequenceEqual(whole.AsSpan((int)(run.Address - SampleImage.HeapStart) + offset, part.Length));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_selectors_and_words_come_back_or_are_refused()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), ArbMap.Default.ArbFor<ulong>(), ArbMap.Default.ArbFor<List<uint>>(), (text, word, selectors) =>
        {
            ImageManifest manifest = Manifest(text ?? "", word, selectors);
            try
            {
                using ImageReader reader = Written(new MemoryPages(), new MemoryPages(), manifest);
                return SampleImage.Json(reader.Manifest) == SampleImage.Json(manifest)
                    && reader.Manifest.Launch.Arguments.SequenceEqual(manifest.Launch.Arguments, StringComparer.Ordinal);
            }
            catch (ImageFormatException refusal)
            {
                return refusal.Found == "half a surrogate pair";
            }
        }).QuickCheckThrowOnFailure();
    }

    private static ImageManifest Manifest(string text, ulong word, List<uint> selectors)
    {
        ImageManifest sample = SampleImage.Manifest;
        uint[] slots = [.. selectors.Select(selector => selector % (1 << 20)).Where(selector => selector > 0).Distinct().Order()];
        ObjectState[] held =
        [
            .. slots.Select((selector, i) => new ObjectState
            {
                Id = new ObjectId(1000 + (uint)i), Kind = ObjectKind.NativeCapability, Badge = (word + (ulong)i) | (1UL << 63), Label = text,
            }).DistinctBy(entry => entry.Badge),
        ];
        return sample with
        {
            Incarnation = word,
            Created = new DateTimeOffset((long)(word % (ulong)DateTime.MaxValue.Ticks), TimeSpan.Zero),
            Launch = sample.Launch with { Arguments = [text, "", text] },
            Process = sample.Process with { SignalActions = [new SignalActionState(3, word, ~word, word / 3, word << 1)] },
            Domain = sample.Domain with
            {
                Objects = [.. held, .. sample.Domain.Objects],
                Capabilities =
                [
                    .. held.Zip(slots).Select(slot => new CapabilityState
                    {
                        Selector = slot.Second, Object = slot.First.Id, Badge = slot.First.Badge, Deliveries = (uint)word | 1,
                    }),
                ],
            },
        };
    }

    private static MemoryPages Source(ulong start, List<(int Page, int Seed)> chosen)
    {
        var source = new MemoryPages();
        foreach ((int page, int seed) in chosen.DistinctBy(each => each.Page))
        {
            ulong address = start + ((ulong)page * 4096);
            if (seed % 3 == 0)
                source.AddZero(address);
            else
                source.Add(address, seed);
        }

        return source;
    }

    private static long Stored(MemoryPages source) => source.All.Count(page => page.Content.AsSpan().ContainsAnyExcept((byte)0));

    /// <summary>Every page that is not zero lies in a run and is the same; zeros lie outside the runs.</summary>
    private static bool Same(MemoryPages source, IPageSource read)
    {
        byte[] page = new byte[4096];
        foreach ((ulong address, byte[] content) in source.All)
        {
            bool inRun = read.Runs.Any(run => run.Address <= address && address < run.End);
            if (inRun != content.AsSpan().ContainsAnyExcept((byte)0))
                return false;
            if (!inRun)
                continue;
            read.Read(address, page);
            if (!page.AsSpan().SequenceEqual(content))
                return false;
        }

        return true;
    }

    private ImageReader Written(MemoryPages pages, MemoryPages tables, ImageManifest manifest)
    {
        string directory = _directory.Sub($"{_images++}");
        using (ImageWriter writer = ImageWriter.Begin(directory, new PlainDirectoryFlush()))
        {
            writer.WritePages(pages);
            writer.WriteDataspace(SampleImage.Tables, tables);
            writer.CommitAsync(manifest).GetAwaiter().GetResult();
        }

        return ImageReader.Open(directory);
    }
}
