using System.Security.Cryptography;
using Drover.Contracts.Abi;
using Drover.Core;
using Drover.Core.Services;
using Drover.Images.State;
using Drover.Monitor.Checkpoint;
using Drover.Monitor.Logging;
using Drover.Monitor.Parent;
using Drover.Platform;
using Drover.Platform.Traps;

namespace Drover.Monitor;

/// <summary>
/// One component of this node, from its start or restore to its end. Owns its domain, process and ROM modules; all are
/// given back when the process ends, for whatever reason. Thread-safe.
/// </summary>
public sealed class MonitoredComponent
{
    private readonly ServiceDirectory _directory;
    private readonly TaskCompletionSource<ComponentEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<MonitoredComponent?> _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private EndReason? _requestedEnd; // guarded by _lock
    private bool _isEnding; // changed atomically
    private IDisposable? _traps; // set once, before the component is known to anybody
    private IComponentProcess? _process; // set once, before the component is known to anybody

    internal MonitoredComponent(LaunchState launch, ProtectionDomain domain, RomRegistry roms, ServiceDirectory directory, TimeProvider time, ComponentLog? log = null)
    {
        Launch = launch;
        Domain = domain;
        Roms = roms;
        _directory = directory;
        Log = log ?? new ComponentLog(time);
        Console = new ConsoleLog(Log);
        LogSink = new SessionLog(Log);
        StartedAt = time.GetUtcNow();
    }

    public string Name => Domain.Name;

    /// <summary>Tells this instance from every other, of the same image too.</summary>
    public ulong Incarnation { get; } = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    public LaunchState Launch { get; }

    public ComponentLog Log { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>True if it was built from an image.</summary>
    public bool IsRestored { get; internal init; }

    /// <summary>Completes when everything of the component has been given back. Never faults.</summary>
    public Task<ComponentEnd> Ended => _ended.Task;

    /// <summary>For a component that was rolled back: what took its place, null if nothing did.</summary>
    public Task<MonitoredComponent?> Replaced => _replaced.Task;

    /// <summary>On this node; 0 once it has ended.</summary>
    public int HostProcessId => Ended.IsCompleted ? 0 : Process.HostProcessId;

    /// <summary>When its threads were let go, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts.</summary>
    public long RunsSince => Process.RunsSince;

    public ProtectionDomain Domain { get; }

    internal RomRegistry Roms { get; }

    internal ConsoleLog Console { get; }

    internal ILogSink LogSink { get; }

    internal SessionBook Sessions { get; } = new();

    internal IComponentProcess Process => _process ?? throw new InvalidOperationException($"{Name} has no process yet");

    /// <summary>The image since which the engine notes what is written, if it does: a delta image that builds upon that one
    /// need not compare. Guarded by <see cref="StopTurn"/>.</summary>
    internal Guid? WritesNotedSince { get; set; }

    /// <summary>How much the component wrote between the last two images of which the second builds upon the notes; null if
    /// there were none. Guarded by <see cref="StopTurn"/>.</summary>
    internal ulong? BytesNoted { get; set; }

    /// <summary>Whose writes to its dataspaces the engine sees. Guarded by <see cref="StopTurn"/>.</summary>
    internal DataspaceNotes DataspaceNotes { get; } = new();

    /// <summary>Held by whoever stops the component for a while: one at a time.</summary>
    internal SemaphoreSlim StopTurn { get; } = new(1, 1);

    /// <summary>Ends the component and waits until all of it has been given back.</summary>
    public Task<ComponentEnd> StopAsync() => EndAsync(EndReason.Stopped);

    /// <summary>Makes the handler of the process's trapped calls, which is given back when the component ends.</summary>
    internal ITrapHandler CreateTraps(IComponentMachine machine)
    {
        ITrapHandler traps = machine.CreateTraps(Launch, Domain, Console);
        _traps = traps as IDisposable;
        return traps;
    }

    /// <summary>It was rolled back, and this took its place.</summary>
    internal void Replace(MonitoredComponent? successor) => _replaced.TrySetResult(successor);

    internal Task<ComponentEnd> EndAsync(EndReason reason)
    {
        lock (_lock)
            _requestedEnd ??= reason;
        Process.Kill();
        // Not left to the thread pool: this thread waits for it, and in a pool whose threads all wait another one comes after half a second only.
        End();
        return Ended;
    }

    /// <summary>What the component said through its parent session; the process ends by itself.</summary>
    internal void AnnouncedExit(int status)
    {
        if (status != 0)
            Log.Append(LogOrigin.Node, $"{Name} is about to exit with status {status}");
    }

    /// <summary>Takes over the process and lets it run. From here on its end gives everything back.</summary>
    internal void Begin(IComponentProcess process)
    {
        _process = process;
        try
        {
            Domain.Furnish(process.AddressSpace);
            process.Start();
        }
        catch
        {
            process.Dispose();
            throw;
        }

        _ = process.Exited.ContinueWith(_ => End(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Gives everything back for a component whose process never came to be.</summary>
    internal void Abandon()
    {
        IReadOnlyList<OpenSession> open = Sessions.Close();
        EndServices(CallStatus.PeerGone);
        foreach (OpenSession session in open)
            SessionEnds.OfClient(session);
        _traps?.Dispose();
        Roms.Dispose();
        Log.Complete();
    }

    /// <summary>Gives everything back. The process has ended, whoever notices it first.</summary>
    private void End()
    {
        if (Interlocked.Exchange(ref _isEnding, true))
            return;
        ProcessExit exit = Process.Exited.IsCompletedSuccessfully ? Process.Exited.Result : default;
        EndReason reason;
        lock (_lock)
            reason = _requestedEnd ?? (exit.Trouble is not null ? EndReason.Faulted : exit.Signal != 0 ? EndReason.Crashed : EndReason.Exited);
        IReadOnlyList<OpenSession> open = [];
        try
        {
            open = Sessions.Close();
            GiveBack(open.Where(session => session.Server is null), reason);
            Log.Append(LogOrigin.Node, Explain(reason, exit));
        }
#pragma warning disable CA1031 // Whoever waits for the end must learn of it, whatever went wrong.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.Append(LogOrigin.Node, $"{Name} has ended, but not everything of it was given back: {fault.Message}");
        }

        // That of one that is rolled back goes on with what takes its place.
        if (reason != EndReason.RolledBack)
            Log.Complete();
        _ended.SetResult(new ComponentEnd(reason, exit));
        // Last, for a server may take its time.
        SessionEnds.OfEndedClient([.. open.Where(session => session.Server is not null)]);
    }

    /// <summary>Calls to what it served fail from here on, and its clients get back what they gave.</summary>
    private void EndServices(CallStatus callersGet)
    {
        Domain.Destroy(callersGet);
        // In this order: whoever announces something and finds the domain alive afterwards is seen here.
        foreach (Announcement announcement in _directory.RemoveAll(this))
            SessionEnds.OfService(announcement);
    }

    private void GiveBack(IEnumerable<OpenSession> sessionsOfCore, EndReason reason)
    {
        // Whoever waits for it learns that it is not lost: it goes on from its image or snapshot, in which this call may have been served.
        EndServices(reason is EndReason.Checkpointed or EndReason.RolledBack ? CallStatus.PeerRestored : CallStatus.PeerGone);
        foreach (OpenSession session in sessionsOfCore)
            SessionEnds.OfClient(session);
        Process.Dispose();
        _traps?.Dispose();
        Roms.Dispose();
        Console.Flush();
    }

    private string Explain(EndReason reason, ProcessExit exit) => reason switch
    {
        EndReason.Stopped => $"{Name} was stopped",
        EndReason.Checkpointed => $"{Name} was checkpointed and ended",
        EndReason.RolledBack => $"{Name} was rolled back",
        EndReason.Faulted => $"{Name} was ended, since not all of its memory could be had from its image: {exit.Trouble}",
        EndReason.Crashed => $"{Name} was ended by signal {exit.Signal}",
        _ => $"{Name} exited with status {exit.Status}",
    };

    private sealed class SessionLog(ComponentLog log) : ILogSink
    {
        public void WriteLine(string label, string line) => log.Append(LogOrigin.Output, label + line);
    }
}
