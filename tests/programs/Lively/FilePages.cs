using Microsoft.Win32.SafeHandles;

namespace Lively;

/// <summary>A private mapping of a file, some of whose pages are written.</summary>
internal static unsafe class FilePages
{
    private const int Pages = 16;
    private const int PageBytes = 4096;
    private const int ReadWrite = 3;
    private const int Private = 2;
    private const int DontNeed = 4;

    private static byte* _start;

    /// <summary>Maps it and writes to every other page; gives where it is.</summary>
    public static long Map()
    {
        using SafeFileHandle file = File.OpenHandle(typeof(object).Assembly.Location);
        _start = Linux.mmap(null, Pages * PageBytes, ReadWrite, Private, (int)file.DangerousGetHandle(), 0);
        for (int page = 0; page < Pages; page += 2)
            _start[page * PageBytes] ^= 0xFF;
        return (long)_start;
    }

    /// <summary>Gives a page's own content up: it shows the file again.</summary>
    public static long Drop(int page) => Linux.madvise(_start + (page * PageBytes), PageBytes, DontNeed);
}
