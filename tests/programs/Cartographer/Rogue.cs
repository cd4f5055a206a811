using System.Runtime.InteropServices;
using Drover.Component;
using Drover.Component.Memory;
using Drover.Contracts.Sessions;

namespace Cartographer;

/// <summary>Does with the range of a managed dataspace what it should not, and lets signals rain on a thread that waits in
/// a fault. What it asks of the node afterwards must still be right.</summary>
internal sealed unsafe partial class Rogue
{
    private const ulong Page = 4096;
    private const int MayMove = 1;
    private const int PrivateAnonymousFixed = 0x32;

    private readonly Dataspace _ground;
    private readonly RegionMap _map;
    private readonly Attachment _window;
    private readonly Attachment _soil;
    private readonly RegionMap _wild;
    private readonly Attachment _wilderness;
    private readonly PosixSignalRegistration _rain;
    private ulong _thread;
    private int _found;

    public Rogue(Env env)
    {
        _ground = env.Allocate(8 * Page);
        _soil = _ground.Attach();
        for (int page = 0; page < 8; page++)
            _soil.Span[page * (int)Page] = (byte)(100 + page);
        _map = env.CreateRegionMap(16 * Page);
        _map.Attach(_ground, at: 0);
        _window = _map.Dataspace.Attach();
        _wild = env.CreateRegionMap(Page);
        _wilderness = _wild.Dataspace.Attach();
        _rain = PosixSignalRegistration.Create((PosixSignal)10, context => context.Cancel = true);
        _wild.OnFault(fault =>
        {
            if (_found == 1)
                _wild.TryAttach(_ground, fault.OffsetBytes, lengthBytes: Page);
        });
        new Thread(Wait) { IsBackground = true }.Start();
    }

    /// <summary>Takes the window apart: a page moved, one gone, one of its own. A second mapping of a page it does not get.</summary>
    public void TakeApart()
    {
        byte* window = (byte*)_window.Address;
        Check(mremap(window, 0, (nuint)Page, MayMove) == (void*)-1);
        Check(mremap(window + Page, (nuint)Page, (nuint)Page, MayMove) != (void*)-1);
        Check(munmap(window + (2 * Page), (nuint)Page) == 0);
        Check(mmap(window + (3 * Page), (nuint)Page, 3, PrivateAnonymousFixed, -1, 0) == window + (3 * Page));
        window[3 * Page] = 77;
    }

    public void Rain()
    {
        while (Volatile.Read(ref _thread) == 0)
            Thread.Yield();
        for (int i = 0; i < 20_000; i++)
            Check(pthread_kill((nint)_thread, 10) == 0);
    }

    /// <summary>What it is given now.</summary>
    public string Look(ulong at)
    {
        _map.Attach(_ground, at * Page, AttachRights.Read, 4 * Page, Page);
        string found = $"{_window.Span[(int)(at * Page)]} {Access.At(_window.Address + (at * Page))} {_window.Span[5 * (int)Page]}";
        _map.Detach(0);
        _map.Attach(_ground, at: 0);
        return $"{found} {_window.Span[0]} {_window.Span[(int)Page]} {_window.Span[2 * (int)Page]} {_window.Span[3 * (int)Page]}";
    }

    public int Settle()
    {
        _found = 1;
        _wild.TryAttach(_ground, 0, lengthBytes: Page);
        while (Volatile.Read(ref _found) == 1)
            Thread.Yield();
        return _found;
    }

    private void Wait()
    {
        Volatile.Write(ref _thread, (ulong)pthread_self());
        byte[] found = new byte[1];
        _wilderness.Read(0, found);
        Volatile.Write(ref _found, found[0]);
    }

    private static void Check(bool holds)
    {
        if (!holds)
            throw new InvalidOperationException($"errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mremap(void* address, nuint oldLength, nuint newLength, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(void* address, nuint length);

    [LibraryImport("libc")]
    private static partial nint pthread_self();

    [LibraryImport("libc")]
    private static partial int pthread_kill(nint thread, int signal);
}
