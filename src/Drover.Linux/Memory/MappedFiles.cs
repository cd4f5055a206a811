namespace Drover.Linux.Memory;

/// <summary>The files that a process has mapped.</summary>
public static class MappedFiles
{
    /// <summary>Host paths, each once; empty if the process is gone. A picture: the process may run on.</summary>
    public static IReadOnlyList<string> Of(int processId)
    {
        try
        {
            return
            [
                .. MapsEntry.Of(processId)
                    .Where(entry => !entry.IsShared || !entry.Protection.HasFlag(Drover.Platform.State.PageProtection.Write))
                    .Select(entry => entry.Path)
                    .Where(path => path.StartsWith('/') && !path.StartsWith("/memfd:", StringComparison.Ordinal))
                    .Distinct(StringComparer.Ordinal),
            ];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
