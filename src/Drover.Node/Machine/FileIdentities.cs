using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Drover.Linux.Files;
using Drover.Platform.State;
using Microsoft.Win32.SafeHandles;

namespace Drover.Node.Machine;

/// <summary>
/// Recognises read-only files by their content. Hashing the .NET runtime takes tens of milliseconds, so what was hashed
/// is remembered for as long as length and time of last change stay the same. Thread-safe.
/// </summary>
internal sealed class FileIdentities
{
    private readonly ConcurrentDictionary<Fingerprint, FileIdentity> _known = new();

    /// <param name="path">Host path.</param>
    /// <param name="file">The file, if it is open already.</param>
    public FileIdentity Identify(string path, SafeHandle? file)
    {
        if (file is not null && !file.IsClosed)
            return Identify(path, new SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false));
        // One look instead of an open file for each of the dozens that a runtime maps.
        FileInfo unopened = new(path);
        if (unopened.Exists && _known.TryGetValue(Fingerprint.Of(path, unopened), out FileIdentity? known))
            return known;
        using SafeFileHandle opened = RegularFile.OpenRead(path);
        return Identify(path, opened);
    }

    /// <exception cref="IOException">The file is missing, or not the one that is meant.</exception>
    public SafeHandle Open(FileIdentity meant)
    {
        SafeFileHandle file;
        try
        {
            file = RegularFile.OpenRead(meant.Path);
        }
        catch (IOException missing)
        {
            throw new IOException($"'{meant.Path}', which the component uses, cannot be opened here: {missing.Message}", missing);
        }

        try
        {
            FileIdentity found = Identify(meant.Path, file);
            if (found.LengthBytes != meant.LengthBytes || found.Sha256 != meant.Sha256)
            {
                throw new IOException(
                    $"'{meant.Path}' is not the file that the component used: its SHA-256 is {found.Sha256}, not {meant.Sha256}; install the same version here");
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The same without the file, which need not be opened if it is known.</summary>
    /// <exception cref="IOException">The file is missing, or not the one that is meant.</exception>
    public void Check(FileIdentity meant)
    {
        FileInfo unopened = new(meant.Path);
        if (!unopened.Exists || !_known.TryGetValue(Fingerprint.Of(meant.Path, unopened), out FileIdentity? known) || known != meant)
            Open(meant).Dispose();
    }

    private FileIdentity Identify(string path, SafeFileHandle file)
    {
        Fingerprint fingerprint = new(path, RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file).Ticks);
        return _known.GetOrAdd(fingerprint, static (key, handle) => new FileIdentity(key.Path, key.LengthBytes, Hash(handle)), file);
    }

    private static string Hash(SafeFileHandle file)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[256 << 10];
        long offset = 0;
        while (RandomAccess.Read(file, buffer, offset) is > 0 and int count)
        {
            hash.AppendData(buffer.AsSpan(0, count));
            offset += count;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private readonly record struct Fingerprint(string Path, long LengthBytes, long ChangedTicks)
    {
        /// <summary>Of a link it is no fingerprint that is known: links are followed when a file is opened.</summary>
        public static Fingerprint Of(string path, FileInfo file) => new(path, file.Length, file.LastWriteTimeUtc.Ticks);
    }
}
