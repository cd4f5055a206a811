using Drover.Images.Series;
using Drover.Monitor;
using Drover.Node.Operations;
using Drover.Platform;

namespace Drover.Node.Periodic;

/// <summary>Periodic checkpoints whose component is still to come. If it does not come, disposing gives the directory back.</summary>
internal sealed class PeriodicStart : IDisposable
{
    private readonly PeriodicRequest _request;
    private readonly ImageSeries _series;
    private readonly IDisposable _noted;
    private bool _isRunning;

    private PeriodicStart(PeriodicRequest request, ImageSeries series, IDisposable noted)
    {
        _request = request;
        _series = series;
        _noted = noted;
    }

    /// <summary>Takes the directory, and the note over, also if it fails.</summary>
    public static PeriodicStart Begin(PeriodicRequest request, IDisposable noted, IDirectoryFlush directories, IDirectoryExchange exchange)
    {
        try
        {
            return new PeriodicStart(request, ImageSeries.Begin(request.Directory, request.Keep, directories, exchange), noted);
        }
        catch
        {
            noted.Dispose();
            throw;
        }
    }

    public PeriodicCheckpoints Run(string name, ComponentMonitor monitor, Func<MonitoredComponent?> find, TimeProvider time)
    {
        _isRunning = true;
        return new PeriodicCheckpoints(name, monitor, find, _request, _series, _noted, time);
    }

    public void Dispose()
    {
        if (_isRunning)
            return;
        _series.GiveUp();
        _series.Dispose();
        _noted.Dispose();
    }
}
