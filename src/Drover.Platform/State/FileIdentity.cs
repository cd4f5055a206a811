namespace Drover.Platform.State;

/// <summary>A read-only file that a process maps or holds open, recognisable on another machine.</summary>
/// <param name="Path">Absolute path as the component sees it.</param>
/// <param name="LengthBytes">Length of the whole file in bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal SHA-256 of the whole content.</param>
public sealed record FileIdentity(string Path, long LengthBytes, string Sha256);
