using System.Security.Cryptography;
using Drover.Component;
using Drover.Component.Capabilities;
using Drover.Component.Sessions;
using Drover.Component.Signals;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Rush;

/// <summary>Threads that call as fast as they can and count what comes of it.</summary>
internal sealed class Client
{
    private readonly Env _env;
    private readonly Session<IRush> _session;
    private readonly SignalHandler _notified;
    private readonly ulong _id = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly Caller[] _callers;
    private readonly object _lock = new(); // waited on
    private ulong _signals; // guarded by _lock

    private Client(Env env, int threads, Donation donation)
    {
        _env = env;
        _session = env.OpenSession<IRush>("Rush", donation: donation);
        _notified = env.CreateSignalHandler(Notified);
        _callers = [.. Enumerable.Range(0, threads).Select(thread => new Caller(this, (ulong)thread))];
    }

    /// <param name="threads">How many call.</param>
    /// <param name="options">"all-signals": wait until there were as many notifications as calls that ask for one, which
    /// only a client whose server comes along can expect. "donate": give quota with the session, and more later.</param>
    public static int Run(Env env, int threads, string[] options)
    {
        bool donates = options.Contains("donate");
        Client client = new(env, threads, donates ? new Donation(1 << 20, 50) : default);
        if (donates && !client._session.Upgrade(new Donation(1 << 16, 7)).Succeeded)
            return 1;
        // Expiries that rain beside the notifications.
        SessionTimer rain = env.CreateTimer(() => { });
        rain.TriggerPeriodic(TimeSpan.FromMilliseconds(2));
        Thread[] running = [.. client._callers.Select((caller, i) => new Thread(caller.Run) { Name = $"caller {i}" })];
        foreach (Thread thread in running)
            thread.Start();
        Console.WriteLine("calling");
        foreach (Thread thread in running)
            thread.Join();
        return client.Report(options.Contains("all-signals"));
    }

    private void Notified(ulong count)
    {
        lock (_lock)
        {
            _signals += count;
            Monitor.PulseAll(_lock);
        }
    }

    private int Report(bool allSignals)
    {
        ulong passes = 0;
        foreach (Caller caller in _callers)
        {
            if (caller.IsServerGone)
            {
                Console.WriteLine($"thread {caller.Thread}: server gone, restored {caller.Restored}");
                continue;
            }

            LedgerRow row = _session.Client.Row(_id, (uint)caller.Thread);
            Console.WriteLine($"thread {caller.Thread}: made {caller.Made} restored {caller.Restored} wrong {caller.Wrong + (allSignals ? caller.Lost : 0)} "
                + $"executed {row.Executed} first {row.First} last {row.Last} lost {row.Lost} doubled {row.Doubled}");
            passes += caller.Passes;
        }

        lock (_lock)
        {
            while (allSignals && _signals < passes)
                Monitor.Wait(_lock);
            Console.WriteLine($"signals {_signals} of {passes}");
        }

        CapabilityUse use = _env.CapabilityUse();
        Console.WriteLine($"owners {use.OpenOwners == use.RecordedOwners}");
        return 0;
    }

    private sealed class Caller(Client client, ulong thread)
    {
        private bool _isEnough;

        public ulong Thread => thread;

        public ulong Made { get; private set; }

        public ulong Restored { get; private set; }

        /// <summary>Answers that were those of another call.</summary>
        public ulong Wrong { get; private set; }

        public ulong Passes { get; private set; }

        /// <summary>Objects of the server that were gone when they were called.</summary>
        public ulong Lost { get; private set; }

        public bool IsServerGone { get; private set; }

        public void Run()
        {
            CallName own = new(client._id, thread, 0);
            using Capability<IToken> token = client._env.Entrypoint.Manage<IToken>(new Token(own));
            while (!_isEnough && !IsServerGone)
            {
                CallName name = new(client._id, thread, ++Made);
                try
                {
                    Call(name, own, token);
                }
                catch (RpcException failure) when (failure.Status == CallStatus.PeerRestored)
                {
                    Restored++;
                }
                catch (RpcException failure) when (failure.Status == CallStatus.PeerGone)
                {
                    IsServerGone = true;
                }
            }
        }

        private void Call(CallName name, CallName own, Capability<IToken> token)
        {
            switch (name.Number % 4)
            {
                case 0:
                    using (Capability<IToken> back = client._session.Client.Pass(name, token, client._notified.Context))
                    {
                        Passes++;
                        Expect(own, back.Client.Name());
                    }

                    break;
                case 1:
                    using (Capability<IToken> made = client._session.Client.Make(name))
                        Try(name, made);
                    break;
                default:
                    Receipt receipt = client._session.Client.Call(name);
                    Expect(name, receipt.Name);
                    _isEnough = receipt.IsEnough != 0;
                    break;
            }
        }

        /// <summary>If this client is restored alone between the two calls, the token stays behind with its server.</summary>
        private void Try(CallName name, Capability<IToken> made)
        {
            try
            {
                Expect(name, made.Client.Name());
            }
            catch (RpcException failure) when (failure.Status == CallStatus.PeerGone)
            {
                Lost++;
            }
        }

        private void Expect(CallName expected, CallName found)
        {
            if (expected != found)
                Wrong++;
        }
    }
}
