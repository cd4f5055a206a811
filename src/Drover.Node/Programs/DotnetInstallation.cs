using System.Runtime.InteropServices;
using Drover.Node.Operations;

namespace Drover.Node.Programs;

/// <summary>The .NET installation that managed components run on: the one this process runs on.</summary>
internal static class DotnetInstallation
{
    /// <summary>Its folder, without symbolic links.</summary>
    public static string Root()
    {
        // The runtime's folder is ROOT/shared/Microsoft.NETCore.App/VERSION/.
        string runtime = RuntimeEnvironment.GetRuntimeDirectory();
        string root = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        FileSystemInfo? target = Directory.ResolveLinkTarget(root, returnFinalTarget: true);
        root = target?.FullName ?? root;
        return File.Exists(Path.Combine(root, "dotnet"))
            ? root
            : throw new NodeOperationException(
                NodeErrorCode.MissingResource, $"No 'dotnet' was found in '{root}'.", "Install the .NET 10 runtime.");
    }
}
