using System.Runtime.InteropServices;
using Drover.Linux.Personality;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Linux.Tests.Processes;

/// <summary>A component that carries out orders, and can be moved between them.</summary>
internal sealed class ServantProcess : IDisposable
{
    private const ulong PageAddress = 0x1000_0000_0000;
    private const ulong ArenaAddress = 0x3000_0000_0000;
    private const int PageBytes = 4096;
    private const int FirstNote = 16;

    private readonly LinuxProcessPlatform _platform = new();
    private readonly ConsoleLines _console = new();
    private readonly LinuxPersonality _personality;
    private ISharedMemory _page;
    private long _orders;

    /// <param name="arena">Memory that it finds mapped for its shared arena; stays the caller's. It cannot be moved then.</param>
    public ServantProcess(ISharedMemory? arena = null)
    {
        _personality = Programs.Personality(_console);
        _page = _platform.CreateSharedMemory("orders", PageBytes);
        LaunchRequest request = Programs.Request(Programs.Lively, "servant") with
        {
            Mappings =
            [
                new InitialMapping(_page, PageAddress, PageProtection.Read | PageProtection.Write),
                .. arena is null ? [] : new[] { new InitialMapping(arena, ArenaAddress, PageProtection.Read | PageProtection.Write) },
            ],
        };
        Process = _platform.Launch(request, _personality);
        Process.Start();
    }

    public IComponentProcess Process { get; private set; }

    public ConsoleLines Console => _console;

    private Span<long> Words => MemoryMarshal.Cast<byte, long>(_page.Span(0, PageBytes));

    /// <summary>Has an order carried out and gives its result.</summary>
    public async Task<long> Order(int order, long argument = 0)
    {
        Send(order, argument);
        return await Result();
    }

    public void Send(int order, long argument = 0)
    {
        Words[1] = order;
        Words[2] = argument;
        Volatile.Write(ref Words[0], ++_orders);
    }

    public async Task<long> Result()
    {
        await Until(() => Volatile.Read(ref Words[3]) == _orders);
        return Words[4];
    }

    /// <summary>What a background thread noted, when it has.</summary>
    public async Task<long> Note(int index)
    {
        await Until(() => Volatile.Read(ref Words[FirstNote + index]) != 0);
        return Words[FirstNote + index];
    }

    /// <summary>Records the process, ends it, and builds it again over a copy of its page.</summary>
    public void Move(Func<RecordedProcess, RecordedProcess>? change = null)
    {
        RecordedProcess recorded = RecordedProcess.Of(Process);
        Process.Dispose();
        ISharedMemory copy = _platform.CreateSharedMemory("orders", PageBytes);
        _page.Span(0, PageBytes).CopyTo(copy.Span(0, PageBytes));
        recorded.Dataspaces.Add(_page.Inode, copy);
        _page.Dispose();
        _page = copy;
        recorded = change?.Invoke(recorded) ?? recorded;
        Process = _platform.Rebuild(recorded.Request(), _personality);
        Process.Start();
    }

    public void Dispose()
    {
        Process.Dispose();
        _platform.Dispose();
        _personality.Dispose();
        _page.Dispose();
    }

    /// <summary>The page is all that the two share: there is nothing to wait on but its words.</summary>
    private async Task Until(Func<bool> holds)
    {
        long started = Environment.TickCount64;
        while (!holds())
        {
            if (Process.Exited.IsCompleted)
                throw new InvalidOperationException($"The component ended: {await Process.Exited}: {_console.Text}");
            if (Environment.TickCount64 - started > 20_000)
                throw new TimeoutException("The component does not answer.");
            await Task.Delay(1);
        }
    }
}
