using System.Diagnostics;

namespace Laggard;

/// <summary>Finds out that the component was restored: its monotonic clock goes on from the image, the time of day does not.</summary>
internal sealed class RestoreWatch
{
    private static readonly TimeSpan Jump = TimeSpan.FromMilliseconds(20);

    private TimeSpan _offset = Offset();

    public void WaitForRestore()
    {
        while (true)
        {
            TimeSpan now = Offset();
            // Both clocks are read one after the other, so what counts is how little they can be apart.
            for (int i = 0; i < 10 && now - _offset > Jump; i++)
                now = TimeSpan.FromTicks(Math.Min(now.Ticks, Offset().Ticks));
            bool jumped = now - _offset > Jump;
            if (jumped)
            {
                _offset = now;
                return;
            }

            Thread.Sleep(1);
        }
    }

    private static TimeSpan Offset()
    {
        TimeSpan monotonic = Stopwatch.GetElapsedTime(0);
        return DateTime.UtcNow - DateTime.UnixEpoch - monotonic;
    }
}
