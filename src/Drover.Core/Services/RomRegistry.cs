using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Drover.Core.Memory;
using Drover.Platform;

namespace Drover.Core.Services;

/// <summary>The ROM modules of a node, or of one component's view of it. Owns their memory: dispose it when no
/// component is left.</summary>
public sealed class RomRegistry(IProcessPlatform platform) : IDisposable
{
    private const int CopyBytes = 1 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, RomModule> _modules = []; // guarded by _lock

    public IReadOnlyList<RomModule> Modules
    {
        get
        {
            lock (_lock)
                return [.. _modules.Values];
        }
    }

    /// <summary>Adds a file's content. Throws <see cref="IOException"/> if it cannot be read and
    /// <see cref="ArgumentException"/> if the name is taken by other content.</summary>
    public RomModule AddFile(string name, string path)
    {
        using FileStream file = File.OpenRead(path);
        return Add(name, file, (ulong)file.Length);
    }

    /// <summary>Adds content from memory; otherwise as <see cref="AddFile"/>.</summary>
    public RomModule Add(string name, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var stream = new MemoryStream(content, writable: false);
        return Add(name, stream, (ulong)content.Length);
    }

    public bool TryFind(string name, [NotNullWhen(true)] out RomModule? module)
    {
        lock (_lock)
            return _modules.TryGetValue(name, out module);
    }

    public void Dispose()
    {
        foreach (RomModule module in Modules)
            module.Memory.Dispose();
        lock (_lock)
            _modules.Clear();
    }

    private RomModule Add(string name, Stream content, ulong lengthBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ulong pages = Math.Max(1, (lengthBytes + RegionMap.PageBytes - 1) / RegionMap.PageBytes);
        ISharedMemory memory = platform.CreateSharedMemory("rom", pages * RegionMap.PageBytes);
        try
        {
            RomModule added = new(name, lengthBytes, Copy(content, lengthBytes, memory), memory);
            return Register(added);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Adding the same content under the same name again gives what is there.</summary>
    private RomModule Register(RomModule added)
    {
        RomModule? there;
        lock (_lock)
        {
            if (_modules.TryAdd(added.Name, added))
                return added;
            there = _modules[added.Name];
        }

        if (there.Sha256 != added.Sha256)
            throw new ArgumentException($"a ROM module \"{added.Name}\" with other content is there already", nameof(added));
        added.Memory.Dispose();
        return there;
    }

    private static string Copy(Stream content, ulong lengthBytes, ISharedMemory memory)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ulong done = 0;
        while (done < lengthBytes)
        {
            Span<byte> part = memory.Span(done, (int)Math.Min(CopyBytes, lengthBytes - done));
            content.ReadExactly(part);
            hash.AppendData(part);
            done += (ulong)part.Length;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
