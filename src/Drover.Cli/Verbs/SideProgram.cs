using System.Diagnostics;

namespace Drover.Cli.Verbs;

/// <summary>A program of its own that lies, in a folder, beside this one and is started as one of its verbs.</summary>
internal static class SideProgram
{
    /// <summary>False in a build without it.</summary>
    public static bool Exists(string folder, string assembly) => File.Exists(PathOf(folder, assembly));

    /// <summary>Runs it to its end and gives its status. It gets this terminal, and with it Ctrl-C.</summary>
    public static async Task<int> RunAsync(string folder, string assembly, IEnumerable<string> arguments, CancellationToken interrupted)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
        start.ArgumentList.Add(PathOf(folder, assembly));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        if (Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet")
            start.FileName = self;
        using Process process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(interrupted);
        }
        catch (OperationCanceledException)
        {
            await process.WaitForExitAsync(CancellationToken.None);
        }

        return process.ExitCode;
    }

    private static string PathOf(string folder, string assembly) => Path.Combine(AppContext.BaseDirectory, folder, assembly + ".dll");
}
