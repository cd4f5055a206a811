using Drover.Linux.Native;

namespace Drover.Linux.Files;

/// <summary>
/// Reads files of /proc whole, into memory that is used again and again: some hundred of them are read while a component is
/// stopped, and .NET's own readers make several objects, and two system calls that are of no use here, for each.
/// </summary>
internal sealed unsafe class KernelText
{
    private const int FirstBytes = 32 << 10;
    private const int KeptBytes = 1 << 20;

    [ThreadStatic]
    private static KernelText? s_ofThread;

    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(FirstBytes);

    /// <summary>Reads a file. What is given is valid until this thread reads the next one.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">It cannot be read; for a process that has ended the kernel says so here.</exception>
    public static ReadOnlySpan<byte> Read(string path) => (s_ofThread ??= new KernelText()).ReadAll(path);

    /// <summary>Takes a line off a text, without its end; false if there is none left.</summary>
    public static bool TryTakeLine(scoped ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> line)
    {
        line = text;
        if (text.IsEmpty)
            return false;
        int end = text.IndexOf((byte)'\n');
        if (end < 0)
        {
            text = [];
            return true;
        }

        line = text[..end];
        text = text[(end + 1)..];
        return true;
    }

    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileDescriptor Open(string path, int flags)
    {
        try
        {
            return SafeFileDescriptor.Open(path, flags);
        }
        catch (LinuxException failure) when (failure.Errno == Errno.ENOENT)
        {
            throw new FileNotFoundException(failure.Message, path);
        }
        catch (LinuxException failure)
        {
            throw new IOException(failure.Message);
        }
    }

    private ReadOnlySpan<byte> ReadAll(string path)
    {
        // What is read is as long as a component makes it.
        if (_buffer.Length > KeptBytes)
            _buffer = GC.AllocateUninitializedArray<byte>(FirstBytes);
        using SafeFileDescriptor file = Open(path, OpenFlags.ReadOnly);
        int length = 0;
        while (true)
        {
            if (length == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            nint count;
            fixed (byte* start = _buffer)
                count = Libc.Read(file, start + length, (nuint)(_buffer.Length - length));
            if (count < 0)
                throw new IOException(LinuxException.Last("read", path).Message);
            if (count == 0)
                return _buffer.AsSpan(0, length);
            length += (int)count;
        }
    }
}
