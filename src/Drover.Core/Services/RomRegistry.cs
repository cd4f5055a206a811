using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Drover.Core.Memory;
using Drover.Platform;

namespace Drover.Core.Services;

/// <summary>
/// The ROM modules of a node, or of one component's view of it. Owns their memory and the sessions that are open: when it
/// is disposed, what was given of them to other components is void, and the memory goes once nobody is reading it.
/// Thread-safe.
/// </summary>
public sealed class RomRegistry(IProcessPlatform platform) : IDisposable
{
    private const int CopyBytes = 1 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _modules = []; // guarded by _lock
    private readonly HashSet<RomSession> _sessions = []; // guarded by _lock

    public IReadOnlyList<RomModule> Modules
    {
        get
        {
            lock (_lock)
                return [.. _modules.Values.Select(entry => entry.Module)];
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
            module = _modules.GetValueOrDefault(name)?.Module;
        return module is not null;
    }

    /// <summary>Opens a session to a module; null if there is none of that name. The caller owns it.</summary>
    public RomSession? Open(Kernel kernel, string name)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        lock (_lock)
        {
            if (_modules.GetValueOrDefault(name) is not { } entry)
                return null;
            RomSession session = new(
                this, entry.Module, kernel.CreateRomDataspace(entry.Module.Memory, $"ROM {name}", entry.Memory.Share()));
            _sessions.Add(session);
            return session;
        }
    }

    public void Dispose()
    {
        RomSession[] sessions;
        Entry[] modules;
        lock (_lock)
        {
            sessions = [.. _sessions];
            modules = [.. _modules.Values];
            _modules.Clear();
        }

        foreach (RomSession session in sessions)
            Close(session);
        foreach (Entry module in modules)
            module.OwnShare.Dispose();
    }

    internal void Close(RomSession session)
    {
        lock (_lock)
            _sessions.Remove(session);
        session.Content.Revoke();
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
        RomModule? there = null;
        lock (_lock)
        {
            if (_modules.GetValueOrDefault(added.Name) is { } entry)
            {
                there = entry.Module;
            }
            else
            {
                RomMemory memory = new(added.Memory);
                _modules.Add(added.Name, new Entry(added, memory, memory.Share()));
            }
        }

        if (there is null)
            return added;
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

    /// <param name="OwnShare">Held by this registry.</param>
    private sealed record Entry(RomModule Module, RomMemory Memory, IDisposable OwnShare);
}
