namespace Drover.Scenarios;

/// <summary>A fact that only root can bring about, such as a file system that is full.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (Environment.UserName != "root")
            Skip = "It takes root to mount a file system.";
    }
}
