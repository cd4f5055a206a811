using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Churn;

/// <summary>A thread that core knows, because it has called.</summary>
internal sealed class ThreadThing : Thing
{
    private readonly Lock _lock = new();
    private readonly Capability<IPdSession> _pd;
    private readonly Thread _thread;
    private readonly SemaphoreSlim _asked = new(0);
    private readonly SemaphoreSlim _answered = new(0);
    private bool _ends; // guarded by _lock

    public ThreadThing(Capability<IPdSession> pd)
    {
        _pd = pd;
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    public override void Check()
    {
        _asked.Release();
        _answered.Wait();
    }

    public override void Dispose()
    {
        lock (_lock)
            _ends = true;
        _asked.Release();
        _thread.Join();
        _asked.Dispose();
        _answered.Dispose();
    }

    private void Serve()
    {
        while (true)
        {
            _pd.Client.CapabilityQuota();
            _asked.Wait();
            lock (_lock)
            {
                if (_ends)
                    return;
            }

            _answered.Release();
        }
    }
}
