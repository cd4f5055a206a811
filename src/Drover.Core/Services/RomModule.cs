using Drover.Platform;

namespace Drover.Core.Services;

/// <summary>A read-only module: its content, and by what it is recognised on another node.</summary>
/// <param name="LengthBytes">Without the padding to a page.</param>
/// <param name="Sha256">Lower-case hexadecimal, of the content without padding.</param>
public sealed record RomModule(string Name, ulong LengthBytes, string Sha256, ISharedMemory Memory);
