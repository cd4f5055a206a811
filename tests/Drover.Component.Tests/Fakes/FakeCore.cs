using System.Runtime.InteropServices;
using Drover.Component.Kernel;
using Drover.Contracts.Abi;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Tests.Fakes;

/// <summary>
/// Core within the test's process: serves the private calls of one component over the same UTCB layout, with real
/// shared memory behind the dataspaces. Calls to gates block as they do in core. Threads that still wait when a test
/// is over wait on; they are in the background.
/// </summary>
internal sealed unsafe class FakeCore : IKernelCalls, IDisposable
{
    private static int s_dataspaces;

    private readonly object _state = new(); // the lock of all below; waited on with Monitor
    private readonly Dictionary<int, FakeThread> _threads = [];
    private readonly Dictionary<uint, (FakeObject Object, uint Deliveries)> _space = [];
    private readonly List<FakeCall> _queue = [];
    private readonly byte* _area = (byte*)NativeMemory.AlignedAlloc(UtcbLayout.AreaBytes, UtcbLayout.SlotBytes);
    private readonly List<string> _files = [];
    private uint _nextSelector = 16;
    private ulong _nextBadge = 0xBAD6_0000;

    public FakeCore()
    {
        new Span<byte>(_area, UtcbLayout.AreaBytes).Clear();
        Parent = new(this);
        Pd = new(this);
        Rm = new(this);
        Hold(WellKnownSelectors.Parent, Serve<IParent>(Parent));
        Hold(WellKnownSelectors.Pd, Serve<IPdSession>(Pd));
        Hold(WellKnownSelectors.Cpu, Serve<ICpuSession>(new FakeCpu()));
        Hold(WellKnownSelectors.Rm, Serve<IRmSession>(Rm));
    }

    public FakeParent Parent { get; }

    public FakePd Pd { get; }

    public FakeRm Rm { get; }

    public nint UtcbArea => (nint)_area;

    /// <summary>Runs before each private call, so that a test can stand in its way.</summary>
    public Action<PrivateCall>? Before { get; set; }

    public ulong NextBadge() => Interlocked.Increment(ref _nextBadge);

    public FakeObject Serve<T>(T target)
        where T : class => new(NextBadge()) { Service = RpcBinding<T>.CreateDispatcher(target) };

    public Capability<T> Name<T>(FakeObject target)
        where T : class => new(new FakeCapability(this, target));

    public FakeDataspace CreateDataspace(ulong lengthBytes)
    {
        string path = $"/dev/shm/drover-test-{Environment.ProcessId}-{Interlocked.Increment(ref s_dataspaces)}";
        using FileStream file = File.Create(path);
        file.SetLength((long)lengthBytes);
        lock (_state)
            _files.Add(path);
        return new(NextBadge(), path, lengthBytes) { Service = RpcBinding<IDataspace>.CreateDispatcher(new FakeDataspaceService(lengthBytes)) };
    }

    /// <summary>What is held: selector, badge, deliveries.</summary>
    public Dictionary<uint, (ulong Badge, uint Deliveries)> Held()
    {
        lock (_state)
            return _space.ToDictionary(slot => slot.Key, slot => (slot.Value.Object.Badge, slot.Value.Deliveries));
    }

    /// <summary>Gives every object a new badge and rewrites the badges of the slot's UTCB, as a restore does.</summary>
    public void ChangeBadges(int slot)
    {
        lock (_state)
        {
            Dictionary<ulong, ulong> renamed = [];
            foreach ((FakeObject held, _) in _space.Values)
            {
                ulong old = held.Badge;
                held.Badge = NextBadge();
                renamed.Add(old, held.Badge);
            }

            byte* utcb = Slot(slot);
            Rename(renamed, (ulong*)(utcb + UtcbLayout.BadgeOffset));
            for (int i = 0; i < UtcbLayout.MaxCapabilities; i++)
                Rename(renamed, (ulong*)(Entry(slot, i) + UtcbLayout.CapabilityBadgeOffset));
        }
    }

    public void Submit(FakeSignalContext context, ulong count)
    {
        lock (_state)
        {
            context.Source.Pending[context.Imprint] = context.Source.Pending.GetValueOrDefault(context.Imprint) + count;
            Monitor.PulseAll(_state);
        }
    }

    public void Dissolve(FakeObject target)
    {
        lock (_state)
        {
            target.IsAlive = false;
            foreach (FakeCall call in _queue.Where(call => call.Gate == target))
                (call.Status, call.IsDone) = (CallStatus.PeerGone, true);
            _queue.RemoveAll(call => call.IsDone);
            Monitor.PulseAll(_state);
        }
    }

    public CallResult Invoke(PrivateCall call, ulong first, ulong second, ulong sequence)
    {
        Before?.Invoke(call);
        if (call == PrivateCall.Startup)
            return Startup(first);
        FakeThread thread;
        lock (_state)
            thread = _threads[Environment.CurrentManagedThreadId];
        if (thread.LastSequence == sequence)
            throw new InvalidOperationException("two calls of a thread have one number");
        thread.LastSequence = sequence;
        return call switch
        {
            PrivateCall.Call => Call(thread, (uint)first, new((uint)second)),
            PrivateCall.ReplyAndWait => ReplyAndWait(thread, (uint)first, new(second)),
            PrivateCall.Reply => Reply(thread, new(first)),
            PrivateCall.SignalWait => SignalWait(thread, (uint)first),
            PrivateCall.Release => Release((uint)first, (uint)second),
            PrivateCall.MapAttachment => Rm.Open((uint)first),
            _ => new(CallStatus.InvalidArgument),
        };
    }

    /// <summary>A call that another component would make.</summary>
    public CallStatus CallFromOutside(FakeObject target, FakeMessage message)
    {
        if (target.Service is { } service)
            return service.Dispatch(message, out _);
        FakeCall call = new((FakeGate)target, message.Content.ToArray(), [.. message.Capabilities]);
        CallStatus status = Exchange(call);
        message.Load(call.Content, call.Capabilities);
        return status;
    }

    /// <summary>The UTCBs stay: threads of the component may wait in them.</summary>
    public void Dispose() => _files.ForEach(File.Delete);

    private CallResult Startup(ulong version)
    {
        if (version != AbiVersion.Current)
            return new(CallStatus.VersionMismatch);
        lock (_state)
        {
            if (!_threads.TryGetValue(Environment.CurrentManagedThreadId, out FakeThread? thread))
            {
                thread = new(_threads.Count);
                _threads.Add(Environment.CurrentManagedThreadId, thread);
                for (uint selector = WellKnownSelectors.Parent; selector <= WellKnownSelectors.Rm; selector++)
                    WriteEntry(thread.Slot, (int)selector - 1, selector, _space.TryGetValue(selector, out var held) ? held.Object.Badge : 0);
            }

            return new(CallStatus.Ok, (uint)thread.Slot);
        }
    }

    private CallResult Call(FakeThread thread, uint selector, MessageInfo info)
    {
        FakeObject? target;
        FakeObject[] sent;
        lock (_state)
        {
            target = _space.TryGetValue(selector, out var held) ? held.Object : null;
            if (target is null)
                return new(CallStatus.NoSuchSelector);
            if (!target.IsAlive)
                return new(CallStatus.PeerGone);
            if (ReadCapabilities(thread.Slot, info) is not { } read)
                return new(CallStatus.NoSuchSelector);
            sent = read;
        }

        byte[] content = new Span<byte>(Slot(thread.Slot) + UtcbLayout.DataOffset, info.DataBytes).ToArray();
        if (target.Service is { } service)
        {
            FakeMessage message = new(this);
            message.Load(content, sent);
            CallStatus status = service.Dispatch(message, out _);
            return status == CallStatus.Ok
                ? Deliver(thread.Slot, message.Content, [.. message.Capabilities], 0, 0)
                : new(status);
        }

        FakeCall call = new((FakeGate)target, content, sent);
        CallStatus served = Exchange(call);
        return served == CallStatus.Ok ? Deliver(thread.Slot, call.Content, call.Capabilities, 0, 0) : new(served);
    }

    private CallStatus Exchange(FakeCall call)
    {
        lock (_state)
        {
            if (!call.Gate.IsAlive)
                return CallStatus.PeerGone;
            _queue.Add(call);
            Monitor.PulseAll(_state);
            while (!call.IsDone)
                Monitor.Wait(_state);
            return call.Status;
        }
    }

    private CallResult ReplyAndWait(FakeThread thread, uint entrypoint, CallResult reply)
    {
        lock (_state)
        {
            CallResult replied = Reply(thread, reply);
            if (replied.Status != CallStatus.Ok)
                return replied;
            FakeCall? next;
            while ((next = _queue.Find(call => call.Gate.Entrypoint == entrypoint)) is null)
                Monitor.Wait(_state);
            _queue.Remove(next);
            thread.Serving = next;
            return Deliver(thread.Slot, next.Content, next.Capabilities, next.Gate.Badge, next.Gate.Label);
        }
    }

    private CallResult Reply(FakeThread thread, CallResult reply)
    {
        lock (_state)
        {
            if (thread.Serving is not { } served)
                return new(CallStatus.Ok);
            MessageInfo info = new(reply.Info);
            if (ReadCapabilities(thread.Slot, info) is not { } sent)
                return new(CallStatus.NoSuchSelector);
            served.Content = new Span<byte>(Slot(thread.Slot) + UtcbLayout.DataOffset, info.DataBytes).ToArray();
            (served.Capabilities, served.Status, served.IsDone) = (sent, reply.Status, true);
            thread.Serving = null;
            Monitor.PulseAll(_state);
            return new(CallStatus.Ok);
        }
    }

    private CallResult SignalWait(FakeThread thread, uint selector)
    {
        lock (_state)
        {
            if (!_space.TryGetValue(selector, out var held) || held.Object is not FakeSignalSource source)
                return new(CallStatus.WrongKind);
            while (source.Pending.Count == 0 && source.IsAlive)
                Monitor.Wait(_state);
            if (!source.IsAlive)
                return new(CallStatus.PeerGone);
            Span<ulong> words = new(Slot(thread.Slot) + UtcbLayout.DataOffset, source.Pending.Count * 2);
            int next = 0;
            foreach ((ulong imprint, ulong count) in source.Pending)
                (words[next++], words[next++]) = (imprint, count);
            source.Pending.Clear();
            return new(CallStatus.Ok, new MessageInfo(words.Length * sizeof(ulong), 0).Value);
        }
    }

    private CallResult Release(uint selector, uint count)
    {
        lock (_state)
        {
            if (!_space.TryGetValue(selector, out var held))
                return new(CallStatus.NoSuchSelector);
            if (count == 0 || count > held.Deliveries)
                throw new InvalidOperationException($"{count} deliveries of selector {selector} given back, of {held.Deliveries}");
            if (held.Deliveries == count)
                _space.Remove(selector);
            else
                _space[selector] = (held.Object, held.Deliveries - count);
            return new(CallStatus.Ok);
        }
    }

    private CallResult Deliver(int slot, ReadOnlySpan<byte> content, FakeObject[] capabilities, ulong badge, ulong label)
    {
        lock (_state)
        {
            *(ulong*)(Slot(slot) + UtcbLayout.BadgeOffset) = badge;
            *(ulong*)(Slot(slot) + UtcbLayout.LabelOffset) = label;
            for (int i = 0; i < capabilities.Length; i++)
                WriteEntry(slot, i, Hold(capabilities[i]), capabilities[i].Badge);
        }

        content.CopyTo(new(Slot(slot) + UtcbLayout.DataOffset, content.Length));
        return new(CallStatus.Ok, new MessageInfo(content.Length, capabilities.Length).Value);
    }

    private FakeObject[]? ReadCapabilities(int slot, MessageInfo info)
    {
        FakeObject[] read = new FakeObject[info.Capabilities];
        for (int i = 0; i < read.Length; i++)
        {
            if (!_space.TryGetValue(*(uint*)Entry(slot, i), out var held))
                return null;
            read[i] = held.Object;
        }

        return read;
    }

    private uint Hold(FakeObject target)
    {
        foreach ((uint selector, (FakeObject held, uint deliveries)) in _space)
        {
            if (held != target)
                continue;
            _space[selector] = (held, deliveries + 1);
            return selector;
        }

        return Hold(_nextSelector++, target);
    }

    private uint Hold(uint selector, FakeObject target)
    {
        _space.Add(selector, (target, 1));
        return selector;
    }

    private void WriteEntry(int slot, int index, uint selector, ulong badge)
    {
        *(ulong*)Entry(slot, index) = selector;
        *(ulong*)(Entry(slot, index) + UtcbLayout.CapabilityBadgeOffset) = badge;
    }

    private static void Rename(Dictionary<ulong, ulong> renamed, ulong* badge)
    {
        if (renamed.TryGetValue(*badge, out ulong now))
            *badge = now;
    }

    private byte* Slot(int slot) => _area + ((long)slot * UtcbLayout.SlotBytes);

    private byte* Entry(int slot, int index) =>
        Slot(slot) + UtcbLayout.CapabilitiesOffset + (index * UtcbLayout.CapabilityBytes);
}
