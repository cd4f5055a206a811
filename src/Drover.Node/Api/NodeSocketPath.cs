using System.Text;
using Drover.Node.Operations;

namespace Drover.Node.Api;

/// <summary>Where the sockets of nodes are.</summary>
public static class NodeSocketPath
{
    /// <summary>sun_path of unix(7) holds 108 bytes with the final zero.</summary>
    private const int MaximumPathBytes = 107;

    private const string Extension = ".sock";

    /// <summary>The directory in which nodes without a --socket of their own listen: of this user only.</summary>
    public static string DefaultDirectory()
    {
        string? runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        if (!string.IsNullOrEmpty(runtime) && Directory.Exists(runtime))
            return Path.Combine(runtime, "drover");
        return Environment.IsPrivilegedProcess ? "/run/drover" : $"/tmp/drover-{EffectiveUserId()}";
    }

    /// <summary>The socket that <paramref name="nameOrPath"/> means: a path if it holds a slash, else a node's name.</summary>
    public static string Resolve(string nameOrPath)
    {
        string path = nameOrPath.Contains('/', StringComparison.Ordinal)
            ? Path.GetFullPath(nameOrPath)
            : Path.Combine(DefaultDirectory(), ValidName(nameOrPath) + Extension);
        return Encoding.UTF8.GetByteCount(path) <= MaximumPathBytes
            ? path
            : throw new NodeOperationException(
                NodeErrorCode.InvalidRequest,
                $"The socket path '{path}' is longer than the {MaximumPathBytes} bytes that Linux allows.",
                "Give a shorter one with --socket.");
    }

    /// <summary>Sockets in the default directory, whether or not a node answers there, by name.</summary>
    public static IReadOnlyList<string> InDefaultDirectory()
    {
        string directory = DefaultDirectory();
        return Directory.Exists(directory)
            ? [.. Directory.EnumerateFiles(directory, "*" + Extension).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Returns the name if it can name a node or a component: it becomes part of paths and addresses.</summary>
    public static string ValidName(string name)
    {
        bool valid = name.Length is > 0 and <= 64
            && name[0] != '.' && name[0] != '-'
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return valid
            ? name
            : throw new NodeOperationException(
                NodeErrorCode.InvalidRequest,
                $"'{name}' cannot be a name.",
                "Use 1 to 64 letters, digits, '-', '_' and '.', beginning with a letter or digit.");
    }

    private static string EffectiveUserId()
    {
        // proc(5): "Uid:" real, effective, saved, filesystem.
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("Uid:", StringComparison.Ordinal));
        return line.Split('\t', StringSplitOptions.RemoveEmptyEntries)[2];
    }
}
