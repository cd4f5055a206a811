namespace Drover.Images.Content;

/// <summary>Pages of one piece of memory that wait to be written into a content file: as long as they follow each other in both, they are
/// written at once.</summary>
internal ref struct FilePages(ContentWriter writer, ReadOnlySpan<byte> content)
{
    private readonly ReadOnlySpan<byte> _content = content;
    private int _first;
    private int _count;
    private int _offset;

    /// <summary>Notes that a page is to be written.</summary>
    /// <param name="filePage">Its place in the file.</param>
    /// <param name="offset">Its place in the content, in bytes.</param>
    public void Add(int filePage, int offset)
    {
        bool follows = filePage == _first + _count && offset == _offset + (_count * ImageFormat.PageBytes);
        if (!follows)
        {
            Write();
            _first = filePage;
            _offset = offset;
        }

        _count++;
    }

    /// <summary>Writes what waits.</summary>
    public void Write()
    {
        if (_count > 0)
            writer.WriteFilePages(_first, _content.Slice(_offset, _count * ImageFormat.PageBytes));
        _count = 0;
    }
}
