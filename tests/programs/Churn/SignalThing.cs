using Drover.Component;
using Drover.Component.Signals;

namespace Churn;

/// <summary>A signal context; what was submitted arrives.</summary>
internal sealed class SignalThing : Thing
{
    private readonly SignalHandler _handler;
    private long _submitted;
    private long _handled;

    public SignalThing(Env env)
    {
        _handler = env.CreateSignalHandler(count => Interlocked.Add(ref _handled, (long)count));
        Submit(3);
    }

    public override void Check()
    {
        Submit(1);
        Submit(2);
        SpinWait.SpinUntil(() => Interlocked.Read(ref _handled) >= _submitted, TimeSpan.FromSeconds(60));
        Expect("signals", _submitted, Interlocked.Read(ref _handled));
    }

    public override void Dispose() => _handler.Dispose();

    private void Submit(uint count)
    {
        _submitted += count;
        _handler.Context.Client.Submit(count);
    }
}
