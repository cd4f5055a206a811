using System.Diagnostics;
using Drover.Core.Ipc;
using Drover.Core.Signals;

namespace Drover.Core;

/// <summary>Standing still for a checkpoint.</summary>
public sealed partial class ProtectionDomain
{
    /// <summary>
    /// To be called when all threads of the process are stopped: waits until what the node was serving for the domain
    /// is done and its answers are kept. From then on nothing changes in the domain: requests and replies of others
    /// wait, calls that were on their way are dropped (their threads issue them again).
    /// </summary>
    /// <exception cref="TimeoutException">A service took longer than <paramref name="patience"/>; the domain goes on.</exception>
    public void FinishServing(TimeSpan patience)
    {
        using (KernelScope scope = Kernel.Enter())
        {
            if (IsStopped)
                throw new InvalidOperationException($"{Name} is stopped already");
            IsStopped = true;
            _servicesDone.Reset();
        }

        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            using (KernelScope scope = Kernel.Enter())
            {
                if (_inService == 0)
                    break;
                _servicesDone.Reset();
            }

            TimeSpan left = patience - Stopwatch.GetElapsedTime(start);
            if (left > TimeSpan.Zero && _servicesDone.Wait(left))
                continue;
            GoOn();
            throw new TimeoutException($"a service did not finish a call of {Name} within {patience}");
        }

        ChargeTouchedPages();
    }

    /// <summary>Hands over what has waited. To be called before the threads of the process run again.</summary>
    public void GoOn()
    {
        using KernelScope scope = Kernel.Enter();
        if (!IsStopped)
            return;
        IsStopped = false;
        if (!IsAlive)
            return;
        foreach (KernelThread thread in _threads.All)
            thread.HandOverHeldBack(scope);
        foreach (EntrypointQueues entrypoint in _entrypoints)
            Rendezvous.Pump(scope, this, entrypoint);
        foreach (SignalSource source in _objects.Values.OfType<SignalSource>())
            source.Pump(scope);
    }
}
