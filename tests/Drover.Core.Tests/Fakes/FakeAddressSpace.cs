using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Core.Tests.Fakes;

/// <summary>An address space page by page, as its node was told to make it.</summary>
internal sealed class FakeAddressSpace : IAddressSpace
{
    private const ulong PageBytes = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, (MappingChange Change, ulong OffsetBytes)> _pages = []; // guarded by _lock
    private IFaultSink? _sink; // guarded by _lock

    /// <summary>Closed, changes wait.</summary>
    public ManualResetEventSlim Open { get; } = new(true);

    /// <summary>Memory for which the process has no room.</summary>
    public Func<MappingChange, bool> HasNoRoom { get; set; } = static _ => false;

    /// <summary>How often the process was stopped.</summary>
    public int Stops { get; private set; }

    public void ReportFaultsTo(IFaultSink sink)
    {
        lock (_lock)
            _sink = _sink is null ? sink : throw new InvalidOperationException("twice");
    }

    public IReadOnlyList<MappingChange> Change(IReadOnlyList<MappingChange> changes)
    {
        Open.Wait();
        lock (_lock)
        {
            Stops++;
            List<MappingChange> failed = [.. changes.Where(HasNoRoom)];
            foreach (MappingChange change in changes)
                Put(failed.Contains(change) ? change with { Protection = PageProtection.None, Memory = null, ReportsFaults = false } : change);
            return failed;
        }
    }

    /// <summary>What a thread reads there; null if it has no access, or waits.</summary>
    public byte? Read(ulong address)
    {
        lock (_lock)
        {
            return Find(address) is { Change: { Memory: { } memory } change } page && change.Protection.HasFlag(PageProtection.Read)
                ? memory.Span(page.OffsetBytes, 1)[0]
                : null;
        }
    }

    /// <summary>False if a thread may not write there.</summary>
    public bool TryWrite(ulong address, byte value)
    {
        lock (_lock)
        {
            if (Find(address) is not { Change: { Memory: { } memory } change } page || !change.Protection.HasFlag(PageProtection.Write))
                return false;
            memory.Span(page.OffsetBytes, 1)[0] = value;
            return true;
        }
    }

    /// <summary>A thread comes upon the address; true if it waits there.</summary>
    public bool Touch(ulong address, bool isWrite = false)
    {
        IFaultSink sink;
        lock (_lock)
        {
            if (Find(address) is not { Change: { ReportsFaults: true } change })
                return false;
            if (isWrite && !change.Protection.HasFlag(PageProtection.Write))
                return false;
            sink = _sink!;
        }

        sink.Fault(address, isWrite);
        return true;
    }

    /// <summary>The pages where there is access or a thread would wait: memory (0 for a hole), offset and rights.</summary>
    public Dictionary<ulong, (ulong Inode, ulong OffsetBytes, PageProtection Protection)> Pages()
    {
        lock (_lock)
        {
            return _pages.Where(page => page.Value.Change.Protection != PageProtection.None).ToDictionary(
                page => page.Key,
                page => (page.Value.Change.Memory?.Inode ?? 0, page.Value.OffsetBytes, page.Value.Change.Protection));
        }
    }

    private (MappingChange Change, ulong OffsetBytes)? Find(ulong address) =>
        _pages.TryGetValue(address & ~(PageBytes - 1), out (MappingChange Change, ulong OffsetBytes) page) ? page : null;

    private void Put(MappingChange change)
    {
        Assert.Equal(0ul, (change.Address | change.LengthBytes | change.OffsetBytes) % PageBytes);
        for (ulong done = 0; done < change.LengthBytes; done += PageBytes)
            _pages[change.Address + done] = (change, change.Memory is null ? 0 : change.OffsetBytes + done);
    }
}
