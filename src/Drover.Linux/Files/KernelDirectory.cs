using System.Buffers.Binary;
using System.Buffers.Text;
using Drover.Linux.Native;

namespace Drover.Linux.Files;

/// <summary>Lists directories of /proc whose entries are numbers: threads, descriptors (getdents64(2)).</summary>
internal static unsafe class KernelDirectory
{
    private const int ListingBytes = 16 << 10;
    private const int LengthOffset = 16;
    private const int NameOffset = 19;

    /// <summary>The numbers, as the kernel gives them.</summary>
    /// <exception cref="FileNotFoundException">There is no such directory.</exception>
    /// <exception cref="IOException">It cannot be listed.</exception>
    public static List<int> Numbers(string path)
    {
        using SafeFileDescriptor directory = KernelText.Open(path, OpenFlags.ReadOnly | OpenFlags.Directory);
        List<int> numbers = [];
        byte* listing = stackalloc byte[ListingBytes];
        while (true)
        {
            nint bytes = Libc.Call(SystemCall.ListDirectory, directory.Number, (nint)listing, ListingBytes, 0, 0);
            if (bytes < 0)
                throw new IOException(LinuxException.Last("getdents64", path).Message);
            if (bytes == 0)
                return numbers;
            AddNumbers(new ReadOnlySpan<byte>(listing, (int)bytes), numbers);
        }
    }

    private static void AddNumbers(ReadOnlySpan<byte> listing, List<int> numbers)
    {
        while (!listing.IsEmpty)
        {
            ushort entryBytes = BinaryPrimitives.ReadUInt16LittleEndian(listing[LengthOffset..]);
            ReadOnlySpan<byte> name = listing[NameOffset..entryBytes];
            name = name[..name.IndexOf((byte)0)];
            if (Utf8Parser.TryParse(name, out int number, out int used) && used == name.Length)
                numbers.Add(number);
            listing = listing[entryBytes..];
        }
    }
}
