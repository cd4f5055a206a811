using Drover.Contracts.Abi;

namespace Drover.Core.Ipc;

/// <summary>Brings callers and serving threads together. Under the kernel's lock.</summary>
internal static class Rendezvous
{
    /// <summary>Sends the request in the caller's message to a gate.</summary>
    public static void Send(KernelScope scope, Caller caller, Gate gate)
    {
        if (!gate.IsAlive)
        {
            caller.Complete(scope, CallStatus.PeerGone);
            return;
        }

        EntrypointQueues entrypoint = gate.Domain.EntrypointAt(gate.Entrypoint);
        caller.Target = gate;
        if (!gate.Domain.IsStopped && entrypoint.Threads.First is { } server)
            Deliver(scope, caller, server, entrypoint);
        else
            entrypoint.Requests.Enqueue(caller);
    }

    /// <summary>Makes a thread wait at an entrypoint, or gives it the request that waits there.</summary>
    public static void Receive(KernelScope scope, KernelThread server, EntrypointQueues entrypoint)
    {
        server.WaitsAt = entrypoint;
        entrypoint.Threads.Push(server);
        Pump(scope, server.Domain, entrypoint);
    }

    /// <summary>Brings requests and threads that both wait together.</summary>
    public static void Pump(KernelScope scope, ProtectionDomain domain, EntrypointQueues entrypoint)
    {
        while (!domain.IsStopped && entrypoint.Threads.First is { } server && entrypoint.Requests.Dequeue() is { } caller)
            Deliver(scope, caller, server, entrypoint);
    }

    /// <summary>Ends the request that the thread serves. A stale right ends nothing.</summary>
    public static void Fail(KernelScope scope, KernelThread server, CallStatus status)
    {
        if (server.Serving is not { } right)
            return;
        server.Serving = null;
        if (right.IsHeldBy(server))
            right.Caller.Complete(scope, status);
    }

    /// <summary>Ends every request that waits for the gate, or for any gate of the entrypoint if there is none given.</summary>
    public static void FailWaiting(KernelScope scope, EntrypointQueues entrypoint, Gate? gate, CallStatus status)
    {
        Caller? caller = entrypoint.Requests.First;
        while (caller is not null)
        {
            var next = (Caller?)caller.Next;
            if (gate is null || ReferenceEquals(caller.Target, gate))
            {
                entrypoint.Requests.Remove(caller);
                caller.Complete(scope, status);
            }

            caller = next;
        }
    }

    /// <summary>If the server has no room for what the request carries, the caller is told and the server waits on.</summary>
    private static void Deliver(KernelScope scope, Caller caller, KernelThread server, EntrypointQueues entrypoint)
    {
        Gate gate = caller.Target!;
        CallStatus status = server.Domain.Receive(server, caller.Message, gate.Badge.Value, gate.Label);
        if (status != CallStatus.Ok)
        {
            caller.Complete(scope, status);
            return;
        }

        entrypoint.Threads.Remove(server);
        MessageInfo info = caller.Message.Info;
        caller.Server = server;
        server.Serving = new ReplyRight(caller, caller.Sequence);
        server.Answer(scope, new CallResult(CallStatus.Ok, info.Value));
    }
}
