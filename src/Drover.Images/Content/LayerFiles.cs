namespace Drover.Images.Content;

/// <summary>The content files of one image of a chain.</summary>
internal sealed record LayerFiles(ContentFile Pages, ContentFile Dataspaces) : IDisposable
{
    public long LengthBytes => Pages.LengthBytes + Dataspaces.LengthBytes;

    public void Verify(CancellationToken cancel)
    {
        Pages.Verify(cancel);
        Dataspaces.Verify(cancel);
    }

    public void Dispose()
    {
        Pages.Dispose();
        Dataspaces.Dispose();
    }
}
