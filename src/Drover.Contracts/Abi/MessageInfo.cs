namespace Drover.Contracts.Abi;

/// <summary>The shape of a message: bits 0-15 bytes of data, bits 16-23 number of capabilities.</summary>
public readonly record struct MessageInfo(uint Value)
{
    public MessageInfo(int dataBytes, int capabilities)
        : this((uint)(dataBytes & 0xffff) | ((uint)(capabilities & 0xff) << 16))
    {
    }

    public int DataBytes => (int)(Value & 0xffff);

    public int Capabilities => (int)((Value >> 16) & 0xff);

    /// <summary>True if a UTCB can hold a message of that shape.</summary>
    public bool Fits => DataBytes <= UtcbLayout.DataBytes && Capabilities <= UtcbLayout.MaxCapabilities && Value >> 24 == 0;
}
