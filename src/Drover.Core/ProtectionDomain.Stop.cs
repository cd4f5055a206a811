using System.Diagnostics;
using Drover.Core.Ipc;
using Drover.Core.Signals;

namespace Drover.Core;

/// <summary>Standing still for a checkpoint.</summary>
public sealed partial class ProtectionDomain
{
    /// <summary>
    /// To be called while the process still runs, ahead of <see cref="FinishServing"/>: begins no deferred call any more
    /// and waits for those that were begun. They may be calling components which are to be stopped together with this
    /// one, and could not finish once these stand still.
    /// </summary>
    /// <exception cref="TimeoutException">A service took longer than <paramref name="patience"/>; the domain goes on.</exception>
    public void HoldServices(TimeSpan patience)
    {
        using (KernelScope scope = Kernel.Enter())
            _holdsServices = true;
        AwaitServices(patience, () => _deferredRunning == 0);
    }

    /// <summary>
    /// To be called when all threads of the process are stopped: waits until what the node was serving for the domain
    /// is done and its answers are kept. From then on nothing changes in the domain: requests and replies of others
    /// wait, its own requests that nobody took are withheld, calls that were on their way are dropped (their threads
    /// issue them again).
    /// </summary>
    /// <exception cref="TimeoutException">A service took longer than <paramref name="patience"/>; the domain goes on.</exception>
    public void FinishServing(TimeSpan patience)
    {
        using (KernelScope scope = Kernel.Enter())
        {
            if (IsStopped)
                throw new InvalidOperationException($"{Name} is stopped already");
            IsStopped = true;
            _holdsServices = true;
            foreach (KernelThread thread in _threads.All)
                thread.WithholdRequest();
        }

        AwaitServices(patience, () => _deferredRunning + _inlineRunning == 0);
        ChargeTouchedPages();
    }

    /// <summary>Hands over what has waited. To be called before the threads of the process run again.</summary>
    public void GoOn()
    {
        using KernelScope scope = Kernel.Enter();
        bool wasStopped = IsStopped;
        IsStopped = false;
        _holdsServices = false;
        if (!IsAlive)
            return;
        StartDeferred(scope);
        if (!wasStopped)
            return;
        foreach (KernelThread thread in _threads.All)
        {
            thread.HandOverHeldBack(scope);
            thread.SendWithheldRequest(scope);
            thread.MappingWait?.Finish(scope);
        }

        foreach (EntrypointQueues entrypoint in _entrypoints)
            Rendezvous.Pump(scope, this, entrypoint);
        foreach (SignalSource source in _objects.Values.OfType<SignalSource>())
            source.Pump(scope);
    }

    /// <summary>Replies that came since the domain stands still become kept answers, so that a description made in the
    /// same hold of the lock and a copy of its memory made afterwards both have them.</summary>
    internal void SettleReplies(KernelScope scope)
    {
        foreach (KernelThread thread in _threads.All)
            thread.HandOverHeldBack(scope);
    }

    /// <summary>The condition is asked under the lock.</summary>
    private void AwaitServices(TimeSpan patience, Func<bool> areDone)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            using (KernelScope scope = Kernel.Enter())
            {
                if (areDone())
                    return;
                _servicesDone.Reset();
            }

            TimeSpan left = patience - Stopwatch.GetElapsedTime(start);
            if (left > TimeSpan.Zero && _servicesDone.Wait(left))
                continue;
            GoOn();
            throw new TimeoutException($"a service did not finish a call of {Name} within {patience}");
        }
    }
}
