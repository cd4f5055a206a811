using Drover.Node;
using Drover.Node.Operations;

namespace Drover.Bench;

/// <summary>Takes pre-copy checkpoints of a component at regular times, each a delta image upon the one before. If one takes too long
/// the next begins with the next turn. Disposing ends that and deletes the images.</summary>
internal sealed class PreCopySeries : IAsyncDisposable
{
    private readonly ILocalNode _node;
    private readonly string _name;
    private readonly ImageFolder _folder;
    private readonly List<string> _images = []; // by the one task; afterwards by Dispose
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _oneTaken = new(0);
    private readonly Task _running;
    private volatile int _taken;

    public PreCopySeries(ILocalNode node, string name, ImageFolder folder, TimeSpan every)
    {
        _node = node;
        _name = name;
        _folder = folder;
        _running = Task.Run(() => TakeAsync(every));
    }

    public int Taken => _taken;

    /// <summary>Returns once so many more were taken.</summary>
    public async Task WaitForAsync(int count, CancellationToken cancel)
    {
        for (int i = 0; i < count; i++)
        {
            Task one = _oneTaken.WaitAsync(cancel);
            if (await Task.WhenAny(one, _running).ConfigureAwait(false) == _running)
                await _running.ConfigureAwait(false);
            await one.ConfigureAwait(false);
        }
    }

    /// <summary>Throws what a checkpoint failed with.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        try
        {
            await _running.ConfigureAwait(false);
        }
        finally
        {
            foreach (string image in _images.Where(Directory.Exists))
                Directory.Delete(image, recursive: true);
            _ending.Dispose();
            _oneTaken.Dispose();
        }
    }

    private async Task TakeAsync(TimeSpan every)
    {
        using PeriodicTimer timer = new(every);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false))
            {
                string image = _folder.Next();
                string? parent = _images.LastOrDefault();
                _images.Add(image);
                await _node.CheckpointAsync(new CheckpointRequest(_name, image, LeaveRunning: true, parent, PreCopy: true), CancellationToken.None).ConfigureAwait(false);
                _taken = _images.Count;
                _oneTaken.Release();
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // It is enough.
        }
    }
}
