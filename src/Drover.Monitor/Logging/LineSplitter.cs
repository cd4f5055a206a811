using System.Text;

namespace Drover.Monitor.Logging;

/// <summary>
/// Cuts a stream of bytes into lines. A line that grows beyond a bound is cut there. Bytes that are not UTF-8 become
/// replacement characters, control characters but tab are dropped: the log is shown on terminals. Not thread-safe.
/// </summary>
internal sealed class LineSplitter(Action<string> line)
{
    public const int MaxLineBytes = 16 << 10;

    private readonly byte[] _partial = new byte[MaxLineBytes];
    private int _length;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            AppendPart(part);
            if (end >= 0)
                Emit();
        }
    }

    /// <summary>Gives out what has no line end yet.</summary>
    public void Flush()
    {
        if (_length > 0)
            Emit();
    }

    private void AppendPart(ReadOnlySpan<byte> part)
    {
        while (part.Length > MaxLineBytes - _length)
        {
            int room = MaxLineBytes - _length;
            part[..room].CopyTo(_partial.AsSpan(_length));
            _length = MaxLineBytes;
            part = part[room..];
            Emit();
        }

        part.CopyTo(_partial.AsSpan(_length));
        _length += part.Length;
    }

    private void Emit()
    {
        string text = Encoding.UTF8.GetString(_partial, 0, _length);
        _length = 0;
        line(text.Any(IsUnwanted) ? string.Concat(text.Where(character => !IsUnwanted(character))) : text);
    }

    private static bool IsUnwanted(char character) => char.IsControl(character) && character != '\t';
}
