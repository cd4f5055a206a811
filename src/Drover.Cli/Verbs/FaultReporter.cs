namespace Drover.Cli.Verbs;

/// <summary>
/// Tells the person at the node of faults inside it. A component that makes the node fail again and again must not
/// flood the terminal: after the first few, one fault a minute is shown. Thread-safe.
/// </summary>
internal sealed class FaultReporter(TextWriter output)
{
    private const int ShownAtOnce = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private int _shown; // guarded by _lock
    private int _withheld; // guarded by _lock
    private long _last = Environment.TickCount64; // guarded by _lock

    public void Report(string where, Exception fault)
    {
        lock (_lock)
        {
            long now = Environment.TickCount64;
            if (_shown >= ShownAtOnce && now - _last < Pause.TotalMilliseconds)
            {
                _withheld++;
                return;
            }

            string more = _withheld > 0 ? $" ({_withheld} more were not shown)" : "";
            output.WriteLine($"drover: fault in {where}: {fault.GetType().Name}: {fault.Message}{more}");
            _shown++;
            _withheld = 0;
            _last = now;
        }
    }
}
