using System.Diagnostics;
using System.Globalization;
using Drover.Core;
using Drover.Core.Memory;
using Drover.Core.State;
using Drover.Images;
using Drover.Images.State;
using Drover.Linux;
using Drover.Monitor.Restore;
using Drover.Monitor.Tables;
using Drover.Node;
using Drover.Node.Operations;
using DomainState = Drover.Images.State.DomainState;

namespace Drover.Bench;

/// <summary>A component with many RPC objects and as many capabilities: what relocation and installation take by themselves, and the
/// whole of checkpoint and restore.</summary>
internal static class CapabilityMeasures
{
    private const double RelocationTargetMs = 50;
    private const int FullWarmUps = 12;
    private const int QuickWarmUps = 6;
    private const int FullRuns = 15;
    private const int QuickRuns = 5;
    private static readonly int[] s_counts = [10_000, 100_000];

    public static async Task<IReadOnlyList<Measure>> RunAsync(BenchContext context, CancellationToken cancel)
    {
        List<Measure> measures = [await LookupAsync(context.Source, s_counts[^1], cancel).ConfigureAwait(false)];
        foreach (int count in context.Options.IsQuick ? s_counts[..1] : s_counts)
            measures.AddRange(await MoveAsync(context, count, cancel).ConfigureAwait(false));
        return measures;
    }

    private static RunRequest Request(string role, int count) => new()
    {
        Program = MeasuredPrograms.Meter,
        Name = $"meter-{role}",
        Arguments = [role, $"{count}"],
        Capabilities = (2 * count) + 1000,
    };

    private static async Task<Measure> LookupAsync(ILocalNode node, int count, CancellationToken cancel)
    {
        ComponentInfo meter = await node.RunAsync(Request("lookup", count), cancel).ConfigureAwait(false);
        string line = await node.WaitForLineAsync(meter.Name, "measured ", cancel).ConfigureAwait(false);
        Pinning.Check(await node.CurrentAsync(meter.Name, cancel).ConfigureAwait(false));
        await node.WaitForExitAsync(meter.Name, cancel).ConfigureAwait(false);
        return new Measure($"lookup of an RPC object among {count}", "ns", 50, [.. line.Split(' ').Skip(2).Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))]);
    }

    private static async Task<IReadOnlyList<Measure>> MoveAsync(BenchContext context, int count, CancellationToken cancel)
    {
        (ILocalNode source, ILocalNode target) = (context.Source, context.Target);
        int runs = context.Options.Large(FullRuns, QuickRuns);
        ComponentInfo herd = await source.RunAsync(Request("herd", count), cancel).ConfigureAwait(false);
        await source.WaitForLineAsync(herd.Name, "herd 10", cancel).ConfigureAwait(false);
        List<CheckpointReport> checkpoints = [];
        List<double> restores = [];
        List<double> parts = [];
        for (int i = -context.Options.Large(FullWarmUps, QuickWarmUps); i < runs; i++)
        {
            string image = context.Images.Next();
            CheckpointReport checkpoint = await source.CheckpointAsync(new CheckpointRequest(herd.Name, image, LeaveRunning: true), cancel).ConfigureAwait(false);
            double part = InstallAlone(image);
            RestoreReport restore = await target.RestoreAsync(new RestoreRequest(image), cancel).ConfigureAwait(false);
            await target.WaitForLineAsync(restore.Name, "herd ", cancel).ConfigureAwait(false);
            await target.StopAsync(restore.Name, cancel).ConfigureAwait(false);
            Directory.Delete(image, recursive: true);
            if (i < 0)
                continue;
            checkpoints.Add(checkpoint);
            restores.Add(restore.RestoreMs);
            parts.Add(part);
        }

        await source.StopAsync(herd.Name, cancel).ConfigureAwait(false);
        return
        [
            new Measure($"relocation and installation of {count} capabilities", "ms", RelocationTargetMs * count / s_counts[0], parts),
            new Measure($"pause with {count} capabilities", "ms", null, [.. checkpoints.Select(report => report.PauseMs)]),
            new Measure($"checkpoint with {count} capabilities to its committed image", "ms", null, [.. checkpoints.Select(report => report.TotalMs)]),
            new Measure($"restore with {count} capabilities until it runs", "ms", null, restores),
        ];
    }

    /// <summary>What a restore does for capabilities, by itself: new objects, badges and slots, and the relocated tables written to
    /// their dataspace. Sessions, memory and process are left out.</summary>
    private static double InstallAlone(string image)
    {
        using ImageReader reader = ImageReader.Open(image);
        using LinuxProcessPlatform platform = new();
        Kernel kernel = new(new KernelOptions());
        DomainState domain = reader.Manifest.Domain;
        DomainOptions options = new()
        {
            Name = "part",
            RamQuotaBytes = domain.RamQuotaBytes,
            CapabilityQuota = domain.CapabilityQuota,
            Platform = platform,
        };
        long start = Stopwatch.GetTimestamp();
        using DomainRestoration restoration = kernel.BeginRestore(CoreRecords.Of(domain), options);
        foreach (ulong badge in restoration.MissingBadges)
            restoration.ProvideVoid(badge);
        restoration.Complete();
        TableCopy tables = TableView.CopyFrom(reader.Dataspace(domain.TableDataspace!.Value));
        TableTruth truth = TableTruth.Of(domain, old => restoration.Objects[old].Badge.Value);
        TableRelocation.Relocate(tables, truth.Held, truth.Gates);
        if (!restoration.Domain.Table.TryLease(out DataspaceLease? lease))
            throw new BenchException("the tables of a new domain are gone");
        using (lease)
            tables.WriteTo(lease.Memory);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
