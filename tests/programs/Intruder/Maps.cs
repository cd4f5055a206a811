namespace Intruder;

internal static unsafe class Maps
{
    private const int Mmap = 9;
    private const int Mprotect = 10;
    private const int Munmap = 11;
    private const int Mremap = 25;
    private const int Madvise = 28;
    private const int Stub = 0x10000;

    public static int TryAll()
    {
        Linux.Report("map-over", Linux.Call(Mmap, Stub, 4096, 7, 0x32, -1));
        Linux.Report("map-from-below", Linux.Call(Mmap, 0, 0x20000, 7, 0x32, -1));
        Linux.Report("unmap", Linux.Call(Munmap, Stub, 4096));
        Linux.Report("unmap-all", Linux.Call(Munmap, 0, 0x20000));
        Linux.Report("protect", Linux.Call(Mprotect, Stub, 4096, 7));
        Linux.Report("advise", Linux.Call(Madvise, Stub, 4096, 4));
        nint page = (nint)Linux.ExecutablePage([0x90]);
        Linux.Report("move-over", Linux.Call(Mremap, page, 4096, 4096, 3, Stub));
        Linux.Report("move-away", Linux.Call(Mremap, Stub, 4096, 4096, 1));
        Linux.Report("shared", Linux.Call(Mmap, 0, 4096, 3, 0x21, -1));
        Linux.Report("dont-fork", Linux.Call(Madvise, page, 4096, 10));
        Linux.Report("wipe-on-fork", Linux.Call(Madvise, page, 4096, 18));
        Linux.Report("private", Linux.Call(Mmap, 0, 4096, 3, 0x22, -1));
        Console.WriteLine($"stub-byte {*(byte*)Stub:x2}");
        return 0;
    }
}
