using System.Text;
using Drover.Component.Sessions;
using Drover.Contracts.Sessions;

namespace Drover.Component.Memory;

/// <summary>A read-only module that the component was given under a name.</summary>
public sealed class Rom : IDisposable
{
    private readonly Session<IRomSession> _session;
    private readonly Dataspace _dataspace;
    private readonly Attachment _attachment;
    private readonly int _lengthBytes;

    internal Rom(Session<IRomSession> session, AddressSpace space)
    {
        _session = session;
        _lengthBytes = checked((int)session.Client.LengthBytes());
        _dataspace = new(space, session.Client.Dataspace(), freeWith: null);
        _attachment = _dataspace.Attach(AttachRights.Read);
    }

    /// <summary>Not to be used once this is disposed.</summary>
    public ReadOnlySpan<byte> Content => _attachment.ReadOnlySlice(0, _lengthBytes);

    public string ReadText() => Encoding.UTF8.GetString(Content);

    public void Dispose()
    {
        _attachment.Dispose();
        _dataspace.Dispose();
        _session.Dispose();
    }
}
