using BenchmarkDotNet.Attributes;
using Drover.Contracts.Rpc;
using Drover.Images;
using Drover.Images.Format;
using Drover.Monitor.Tables;
using Drover.Platform;

namespace Drover.Bench.Inner;

/// <summary>What is done inside one process, with the image of a component that has 10,000 RPC objects and a capability to each.</summary>
public class InnerBenchmarks
{
    private const int WrittenPages = 4096;

    private readonly byte[] _page = new byte[ImageFormat.PageBytes];
    private readonly MadeUpPages _pages = new(WrittenPages);
    private readonly byte[] _buffer = new byte[1 << 20];
    private byte[] _manifest = [];
    private DecodedManifest _decoded = null!;
    private TableCopy _tables = null!;
    private TableTruth _truth = null!;
    private ImageReader _image = null!;
    private ISummand _summand = null!;
    private int _written;

    /// <summary>The image; it is there as long as the benchmarks run, which they do in this process.</summary>
    internal static string Image { get; set; } = "";

    private static string ManifestPath => Path.Combine(Image, ImageFormat.ManifestFile);

    [GlobalSetup]
    public void Prepare()
    {
        new Random(1).NextBytes(_page);
        _manifest = File.ReadAllBytes(ManifestPath);
        _decoded = ManifestCodec.Decode(ManifestPath, _manifest);
        _image = ImageReader.Open(Image);
        _tables = TableView.CopyFrom(_image.Dataspace(_image.Manifest.Domain.TableDataspace!.Value));
        _truth = TableTruth.Of(_image.Manifest.Domain, badge => badge);
        _summand = new Capability<ISummand>(new LocalOwner(RpcBinding<ISummand>.CreateDispatcher(new Summand()))).Client;
    }

    [GlobalCleanup]
    public void CleanUp() => _image.Dispose();

    [Benchmark(Description = "RPC: client stub, dispatcher and object, without a process")]
    public ulong Call() => _summand.Add(1);

    [Benchmark(Description = "CRC-32C of a page")]
    public uint Checksum() => PageChecksum.Compute(_page);

    [Benchmark(Description = "manifest with 10000 capabilities, encoded")]
    public object Encode() => ManifestCodec.Encode(ManifestPath, _decoded.Manifest, _decoded.Pages, _decoded.Dataspaces);

    [Benchmark(Description = "manifest with 10000 capabilities, decoded and checked")]
    public object Decode() => ManifestCodec.Decode(ManifestPath, _manifest);

    [Benchmark(Description = "tables with 10000 capabilities, checked and relocated")]
    public void Relocate() => TableRelocation.Relocate(_tables, _truth.Held, _truth.Gates);

    [Benchmark(Description = "16 MiB written into an image, with checksums")]
    public void Write()
    {
        using ImageWriter writer = ImageWriter.Begin($"{Image}-{++_written}", new NoFlush());
        writer.WritePages(_pages);
    }

    [Benchmark(Description = "private memory of that image, read and checked")]
    public void Read()
    {
        foreach (PageRun run in _image.Runs)
        {
            for (ulong at = run.Address; at < run.End; at += (ulong)_buffer.Length)
                _image.Read(at, _buffer.AsSpan(0, (int)Math.Min((ulong)_buffer.Length, run.End - at)));
        }
    }
}
