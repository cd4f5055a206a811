using System.Diagnostics;
using System.Globalization;

namespace Drover.Bench.Criu;

/// <summary>Dumps and restores of the program Flock by CRIU, in the same folder and on the same processor as Drover's.</summary>
internal static class CriuMeasures
{
    private const string Statistics = "stats-dump";

    /// <summary>Milliseconds of dumps that leave the program running: how long it stood still, and until the image was there.</summary>
    public static async Task<CriuDumps> DumpAsync(
        CriuProgram criu, string program, FlockOrder order, ImageFolder images, int runs, CancellationToken cancel)
    {
        string home = images.Next();
        CriuDumps dumps = new([], []);
        using (PlainFlock flock = new(program, order, home))
        {
            await flock.WaitForLineAsync("round 3", 0, cancel).ConfigureAwait(false);
            for (int i = 0; i < runs; i++)
            {
                string image = Directory.CreateDirectory(images.Next()).FullName;
                long start = Stopwatch.GetTimestamp();
                await criu.RunAsync(["dump", "--tree", Text(flock.Id), "--images-dir", image, "--leave-running"], cancel).ConfigureAwait(false);
                dumps.Totals.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                dumps.Pauses.Add(DumpStatistics.Read(await File.ReadAllBytesAsync(Path.Combine(image, Statistics), cancel).ConfigureAwait(false)).Pause.TotalMilliseconds);
                Directory.Delete(image, recursive: true);
            }
        }

        Directory.Delete(home, recursive: true);
        return dumps;
    }

    /// <summary>Milliseconds of restores of one image, each until the program has written its next line.</summary>
    public static async Task<IReadOnlyList<double>> RestoreAsync(
        CriuProgram criu, string program, FlockOrder order, ImageFolder images, int runs, CancellationToken cancel)
    {
        string home = images.Next();
        string image = Directory.CreateDirectory(images.Next()).FullName;
        List<double> figures = [];
        using (PlainFlock flock = new(program, order, home))
        {
            await flock.WaitForLineAsync("round 10", 0, cancel).ConfigureAwait(false);
            int id = flock.Id;
            await criu.RunAsync(["dump", "--tree", Text(id), "--images-dir", image], cancel).ConfigureAwait(false);
            await flock.Process.WaitForExitAsync(cancel).ConfigureAwait(false);
            long written = flock.OutputBytes;
            for (int i = 0; i < runs; i++)
            {
                flock.TruncateOutput(written);
                long start = Stopwatch.GetTimestamp();
                await criu.RunAsync(["restore", "--images-dir", image, "--restore-detached"], cancel).ConfigureAwait(false);
                using Process restored = Process.GetProcessById(id);
                try
                {
                    await flock.WaitForLineAsync("round ", written, cancel).ConfigureAwait(false);
                    figures.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
                finally
                {
                    restored.Kill();
                    await restored.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
        }

        Directory.Delete(home, recursive: true);
        Directory.Delete(image, recursive: true);
        return figures;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <param name="Pauses">Milliseconds that the program stood still.</param>
/// <param name="Totals">Milliseconds that the program criu ran.</param>
internal sealed record CriuDumps(List<double> Pauses, List<double> Totals);
