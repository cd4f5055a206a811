namespace Drover.Cli.Tests.Pictures;

/// <summary>A test that needs a browser; where there is none it is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute()
    {
        if (Browser.Path is null)
            Skip = "No chromium is installed (Debian: apt-get install chromium).";
    }
}
