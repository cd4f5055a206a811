using Drover.Component;
using Drover.Component.Signals;
using Drover.Contracts.Rpc;

namespace Clockwork;

[RpcInterface]
internal interface IRelease
{
    /// <summary>Lets the handler go on that holds up all signals.</summary>
    void Release();
}

/// <summary>Signals that stay unhandled, because the handler of another one, on the same thread, does not return.</summary>
internal sealed class Submissions : IRelease
{
    private readonly TaskCompletionSource _entered = new();
    private readonly TaskCompletionSource _released = new();
    private readonly SignalHandler _stopper;
    private readonly SignalHandler _one;
    private readonly SignalHandler _two;
    private readonly SignalHandler _three;
    private readonly SignalHandler _last;
    private readonly List<string> _handled = []; // the signal thread only
    private int _rounds; // the signal thread only

    public Submissions(Env env)
    {
        _stopper = env.CreateSignalHandler(_ =>
        {
            _entered.SetResult();
            _released.Task.Wait();
        });
        _one = env.CreateSignalHandler(count => Handle("one", count));
        // Two contexts of one handler.
        Action<ulong> shared = count => Handle("shared", count);
        _two = env.CreateSignalHandler(shared);
        _three = env.CreateSignalHandler(shared);
        _last = env.CreateSignalHandler(_ => Report());
    }

    public void Begin()
    {
        _stopper.Context.Client.Submit(1);
        _entered.Task.Wait();
        _one.Context.Client.Submit(1);
        _two.Context.Client.Submit(2);
        _three.Context.Client.Submit(1);
        _three.Context.Client.Submit(6);
        Console.WriteLine("unhandled");
    }

    public void Release()
    {
        _released.SetResult();
        _last.Context.Client.Submit(1);
    }

    private void Handle(string context, ulong count) => _handled.Add($"{context} {count}");

    /// <summary>Once for what was there before, and once for what comes afterwards.</summary>
    private void Report()
    {
        Console.WriteLine($"handled: {string.Join(", ", _handled)}");
        _handled.Clear();
        if (_rounds++ > 0)
            return;
        _two.Context.Client.Submit(4);
        _last.Context.Client.Submit(1);
    }
}
