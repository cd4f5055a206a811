using System.Diagnostics;

namespace Drover.Cli.Tests.Pictures;

/// <summary>A real browser, if there is one on this machine.</summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(directory => Names.Select(name => System.IO.Path.Combine(directory, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Opens a page and returns what the page's document is once its scripts have run.</summary>
    /// <param name="profile">A directory for what the browser keeps; nothing of it is wanted.</param>
    public static async Task<string> OpenAsync(string page, string profile)
    {
        var start = new ProcessStartInfo(Path!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])
        [
            // Its own sandbox needs rights that a build machine seldom gives; the page is ours.
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
            $"--user-data-dir={profile}", "--window-size=1700,4000", "--dump-dom", $"file://{page}",
        ])
        {
            start.ArgumentList.Add(argument);
        }

        using Process browser = Process.Start(start)!;
        Task<string> error = browser.StandardError.ReadToEndAsync();
        string document = await browser.StandardOutput.ReadToEndAsync();
        await browser.WaitForExitAsync();
        Assert.True(browser.ExitCode == 0, await error);
        return document;
    }
}
